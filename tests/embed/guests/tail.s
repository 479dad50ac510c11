# A guest of tail calls (spec 4.4.8) between functions of many types: more parameters than there are registers, vectors, several
# results; through its exported table, which the host fills, into other instances; into an import; and into traps.

	.macro	function name, params, results
	.section	.text.\name,"",@
	.globl	\name
	.export_name	\name, \name
	.type	\name,@function
\name:
	.functype	\name (\params) -> (\results)
	.endm

	.functype	next (i64) -> (i64)
	.import_module	next, host
	.import_name	next, next

	.functype	few (i64, i64) -> (i64)
	.functype	many (i32, i64, i64, i64, i64, i64, i64, i64, f32, f64, f64, f64, f64, f64, f64, f64, f64, f64, v128, v128, i64, i64) -> (i64)
	.functype	reals (f64, f64, f64, f64, f64, f64, f64, f64, f64, i32, i64, i64) -> (i64)
	.functype	even (i64, i64) -> (i64, v128, f64, i32, f32)
	.functype	odd (f32, i64, v128, f64, i64, i64, i64, i64, i64, i64) -> (i64, v128, f64, i32, f32)
	.functype	deep (i64) -> (i64)
	.functype	ping (i64) -> (i64)

# ring(n): few, many, reals, few ... n steps each.
	function ring, i64, i64
	local.get	0
	i64.const	0
	return_call	few
	end_function

	function few, "i64, i64", i64
	local.get	0
	i64.eqz
	if
	local.get	1
	return
	end_if
	local.get	0		# i32
	i32.wrap_i64
	local.get	0		# 7 x i64: n + k
	i64.const	1
	i64.add
	local.get	0
	i64.const	2
	i64.add
	local.get	0
	i64.const	3
	i64.add
	local.get	0
	i64.const	4
	i64.add
	local.get	0
	i64.const	5
	i64.add
	local.get	0
	i64.const	6
	i64.add
	local.get	0
	i64.const	7
	i64.add
	f32.const	0.5
	local.get	0		# 9 x f64
	f64.convert_i64_s
	f64.const	1.0
	f64.const	2.0
	f64.const	3.0
	f64.const	4.0
	f64.const	5.0
	f64.const	6.0
	f64.const	7.0
	f64.const	8.0
	local.get	0		# 2 x v128
	i64x2.splat
	v128.const	11, 13
	local.get	0		# n, sum
	local.get	1
	return_call	many
	end_function

# sum += x + 1 a1 + ... + 7 a7 + trunc(2 f) + trunc(1 d0 + ... + 9 d8) + lanes
	function many, "i32, i64, i64, i64, i64, i64, i64, i64, f32, f64, f64, f64, f64, f64, f64, f64, f64, f64, v128, v128, i64, i64", i64
	local.get	10		# reals: the nine in another order
	local.get	9
	local.get	12
	local.get	11
	local.get	14
	local.get	13
	local.get	16
	local.get	15
	local.get	17
	local.get	0
	i32.const	1
	i32.add
	local.get	20
	local.get	21
	local.get	0
	i64.extend_i32_u
	i64.add
	local.get	1
	i64.add
	local.get	2
	i64.const	2
	i64.mul
	i64.add
	local.get	3
	i64.const	3
	i64.mul
	i64.add
	local.get	4
	i64.const	4
	i64.mul
	i64.add
	local.get	5
	i64.const	5
	i64.mul
	i64.add
	local.get	6
	i64.const	6
	i64.mul
	i64.add
	local.get	7
	i64.const	7
	i64.mul
	i64.add
	local.get	8
	f32.const	2.0
	f32.mul
	i64.trunc_f32_s
	i64.add
	local.get	18
	i64x2.extract_lane	0
	i64.add
	local.get	18
	local.get	19
	i64x2.mul
	i64x2.extract_lane	1
	i64.add
	return_call	reals
	end_function

	function reals, "f64, f64, f64, f64, f64, f64, f64, f64, f64, i32, i64, i64", i64
	local.get	10		# n - 1
	i64.const	1
	i64.sub
	local.get	11
	local.get	9
	i64.extend_i32_u
	i64.add
	local.get	0		# 1 n 3 2 5 4 7 6 8
	local.get	1
	f64.const	2.0
	f64.mul
	f64.add
	local.get	2
	f64.const	3.0
	f64.mul
	f64.add
	local.get	3
	f64.const	4.0
	f64.mul
	f64.add
	local.get	4
	f64.const	5.0
	f64.mul
	f64.add
	local.get	5
	f64.const	6.0
	f64.mul
	f64.add
	local.get	6
	f64.const	7.0
	f64.mul
	f64.add
	local.get	7
	f64.const	8.0
	f64.mul
	f64.add
	local.get	8
	f64.const	9.0
	f64.mul
	f64.add
	i64.trunc_f64_s
	i64.add
	return_call	few
	end_function

# results(n): five results at the end of a chain of even and odd.
	function results, i64, "i64, v128, f64, i32, f32"
	local.get	0
	i64.const	0
	return_call	even
	end_function

	function even, "i64, i64", "i64, v128, f64, i32, f32"
	local.get	0
	i64.eqz
	if
	local.get	1
	local.get	1
	i64x2.splat
	f64.const	2.5
	i32.const	-3
	f32.const	4.5
	return
	end_if
	f32.const	1.0
	local.get	0
	local.get	1
	i64x2.splat
	f64.const	1.0
	i64.const	1
	i64.const	2
	i64.const	3
	i64.const	4
	i64.const	5
	i64.const	6
	return_call	odd
	end_function

	function odd, "f32, i64, v128, f64, i64, i64, i64, i64, i64, i64", "i64, v128, f64, i32, f32"
	local.get	1
	i64.const	1
	i64.sub
	local.get	2
	i64x2.extract_lane	1
	local.get	4
	i64.add
	local.get	9
	i64.add
	return_call	even
	end_function

# The first call has a place for results of its own; the second must not get that one.
	function results_twice, i64, "i64, v128, f64, i32, f32"
	local.get	0
	i64.const	0
	call	even
	drop
	drop
	drop
	drop
	i64.const	1000
	return_call	even
	end_function

# ping(n): through entry 1 of the table to a pong, which goes through its entry 2 to a ping of n - 1.
	function ping, i64, i64
	local.get	0
	i64.eqz
	if
	i64.const	42
	return
	end_if
	i64.const	1
	i64.const	2
	i64.const	3
	i64.const	4
	i64.const	5
	i64.const	6
	i64.const	7
	v128.const	8, 9
	local.get	0
	i32.const	1
	return_call_indirect	__indirect_function_table, (i64, i64, i64, i64, i64, i64, i64, v128, i64) -> (i64)
	end_function

	function pong, "i64, i64, i64, i64, i64, i64, i64, v128, i64", i64
	local.get	0		# n - 1, if all has arrived
	local.get	1
	i64.add
	local.get	5
	i64.add
	local.get	6
	i64.add
	local.get	7
	i64x2.extract_lane	1
	i64.add
	i64.const	25
	i64.ne
	if
	unreachable
	end_if
	local.get	8
	i64.const	1
	i64.sub
	i32.const	2
	return_call_indirect	__indirect_function_table, (i64) -> (i64)
	end_function

# An entry of the host's choice.
	function leap, "i32, i64", i64
	local.get	1
	local.get	0
	return_call_indirect	__indirect_function_table, (i64) -> (i64)
	end_function

	function outside, i64, i64
	local.get	0
	return_call	next
	end_function

	function outside_plus_one, i64, i64
	local.get	0
	call	outside
	i64.const	1
	i64.add
	end_function

# Backtraces: outer calls fall, which is replaced by crash. Through the table, lest they be inlined.
	function outer, i64, i64
	local.get	0
	i32.const	5
	call_indirect	__indirect_function_table, (i64) -> (i64)
	i64.const	1
	i64.add
	end_function

	function fall, i64, i64
	local.get	0
	i64.const	0
	i32.const	3
	return_call_indirect	__indirect_function_table, (i64, i64) -> (i64)
	end_function

	function crash, "i64, i64", i64
	local.get	0
	local.get	1
	i64.div_u
	end_function

# waver calls crash, although it could leave for a function with far more parameters.
	function outer_waver, i64, i64
	local.get	0
	i32.const	6
	call_indirect	__indirect_function_table, (i64) -> (i64)
	i64.const	1
	i64.add
	end_function

	function waver, i64, i64
	local.get	0
	i64.const	0
	i64.gt_s
	if
	i64.const	1
	i64.const	2
	i64.const	3
	i64.const	4
	i64.const	5
	i64.const	6
	i64.const	7
	v128.const	8, 9
	local.get	0
	i32.const	1
	return_call_indirect	__indirect_function_table, (i64, i64, i64, i64, i64, i64, i64, v128, i64) -> (i64)
	end_if
	local.get	0
	i64.const	0
	i32.const	3
	call_indirect	__indirect_function_table, (i64, i64) -> (i64)
	i64.const	1
	i64.add
	end_function

	function deep, i64, i64
	local.get	0
	i64.const	1
	i64.add
	call	deep
	i64.const	1
	i64.add
	end_function
