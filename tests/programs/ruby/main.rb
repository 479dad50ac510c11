# The main program of the `ruby` command: runs the script, or the code behind -e, that the arguments name. The process
# ends here, as there is nobody to whom the interpreter, which was built as a library, could return a value.
def at_exit(&block)
  ($at_exit ||= []) << block
  block
end

begin
  code = ARGV.first == "-e" ? ARGV.shift(2)[1] : nil
  $0 = code ? "-e" : ARGV.shift || abort("usage: ruby [-e CODE | FILE] [ARGUMENT...]")
  status = 0
  code ? eval(code, TOPLEVEL_BINDING, $0, 1) : RubyVM::InstructionSequence.compile_file($0).eval
rescue SystemExit => error
  status = error.status
rescue Exception => error
  $stderr.write(error.full_message(highlight: false))
  status = 1
end
$at_exit.pop.call until $at_exit.nil? || $at_exit.empty?
$stdout.flush
exit!(status)
