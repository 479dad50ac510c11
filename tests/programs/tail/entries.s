# For main.c: what C has no words for.
	.functype	set_entry (i32, i32) -> ()
	.functype	results (i64) -> (i64, v128, f64, i32, f32)

# table[to] = table[from]
	.section	.text.set_entry,"",@
	.globl	set_entry
	.type	set_entry,@function
set_entry:
	.functype	set_entry (i32, i32) -> ()
	local.get	0
	local.get	1
	table.get	__indirect_function_table
	table.set	__indirect_function_table
	end_function

# The five results of results(n), added up.
	.section	.text.results_sum,"",@
	.globl	results_sum
	.type	results_sum,@function
results_sum:
	.functype	results_sum (i64) -> (i64)
	.local	i64
	local.get	0
	call	results
	i64.trunc_f32_s
	local.set	1
	i64.extend_i32_s
	local.get	1
	i64.add
	local.set	1
	i64.trunc_f64_s
	local.get	1
	i64.add
	local.set	1
	i64x2.extract_lane	1
	local.get	1
	i64.add
	i64.add
	end_function
