# What a Ruby program does with its standard library, which lies in the executable.
require "set"
require "json"
require "optparse"
require "erb"
require "digest"
require "time"
require "stringio"
require "strscan"
require "yaml"
require "date"
require "forwardable"
require "ostruct"
require "delegate"
require "pp"
require "tsort"
require "uri"
require "shellwords"
require "fileutils"
require "find"
require "tempfile"
require "logger"
require "zlib"
require "securerandom"
require "monitor"
require "weakref"
require "benchmark"
require_relative "helper"

def section(name)
  puts "== #{name}"
  yield
rescue StandardError => error
  puts "#{error.class}: #{error.message}"
end

section("language") do
  puts RUBY_VERSION, RUBY_ENGINE, __FILE__ == $0, ARGV.inspect
  puts (1..20).lazy.select(&:even?).map { _1**3 }.first(5).inspect
  puts "räksmörgås".unicode_normalize(:nfd).length, "ÄÖ".downcase, "a-b_c".tr("a-c", "A-C")
  puts 2**200, (10**30).digits.sum, Rational(3, 4) + 1, Complex(1, 2) * Complex(0, 1)
  puts [3, 1, 2].sort_by { -_1 }.inspect, { a: 1, b: 2 }.to_a.transpose.inspect
  case { name: "x", list: [1, [2, 3]] }
  in { name: String => name, list: [Integer => first, [*rest]] }
    puts "#{name} #{first} #{rest}"
  end
  fiber = Fiber.new { 3.times { |i| Fiber.yield i } }
  puts 3.times.map { fiber.resume }.inspect
  puts [1, 2, 3].each_slice(2).to_a.inspect, catch(:done) { 10.times { |i| throw :done, i if i == 4 } }
  puts Helper.greeting("world")
end

section("set, tsort, forwardable, ostruct, delegate") do
  puts (Set[1, 2, 3] & Set[2, 3, 4]).inspect
  order = { 1 => [2, 3], 2 => [4], 3 => [4], 4 => [] }
  puts TSort.tsort(->(&each) { order.each_key(&each) }, ->(n, &each) { order[n].each(&each) }).inspect
  puts OpenStruct.new(a: 1).a, SimpleDelegator.new([1, 2]).size
end

section("json, yaml") do
  text = JSON.pretty_generate("list" => [1, 2.5, nil, true, "ü\n"], "nested" => { "a" => {} })
  puts text, JSON.parse(text) == JSON.parse(JSON.generate(JSON.parse(text)))
  puts YAML.dump("list" => [1, "two", :three, nil], "text" => "a\nb"), YAML.load("a: [1, 2]\nb: {c: d}").inspect
  JSON.parse("[1, 2")
end

section("optparse, shellwords, uri") do
  options = {}
  parser = OptionParser.new do |o|
    o.banner = "Usage: test"
    o.on("-v", "--verbose", "say more") { options[:verbose] = true }
    o.on("-nN", "--number=N", Integer, "a number") { options[:number] = _1 }
  end
  puts parser.parse(%w[-v --number=42 rest]).inspect, options.inspect, parser.help
  puts Shellwords.split("a 'b c' d\\ e").inspect
  uri = URI.parse("https://example.org:8080/a/b?c=d#e")
  puts uri.host, uri.port, uri.query, URI.join(uri, "../x")
end

section("erb, stringio, strscan") do
  puts ERB.new("<% 3.times do |i| %><%= i %>,<% end %>").result
  out = StringIO.new
  out.printf("%05.2f|%-5s|%x", 3.14159, "ab", 255)
  puts out.string
  scanner = StringScanner.new("key = value")
  puts scanner.scan(/\w+/), scanner.skip(/\s*=\s*/), scanner.rest
end

section("digest, zlib") do
  puts Digest::SHA256.hexdigest("abc"), Digest::MD5.hexdigest("abc")
  data = "some text " * 1000
  puts Zlib::Inflate.inflate(Zlib::Deflate.deflate(data)) == data, Zlib.crc32(data)
end

section("time, date") do
  puts Time.at(0).utc.iso8601, Time.parse("2024-02-29 12:34:56 UTC").to_i
  puts (Date.new(2024, 2, 28) + 2).to_s, Date.valid_date?(2023, 2, 29), DateTime.new(2001, 2, 3).strftime("%A")
end

section("files") do
  FileUtils.mkdir_p("work/inner")
  File.write("work/inner/file", "line 1\nline 2\n")
  puts File.readlines("work/inner/file").inspect, File.size("work/inner/file")
  puts Find.find("work").to_a.sort.inspect, Dir.glob("work/**/*").sort.inspect
  logger = Logger.new($stdout, formatter: ->(severity, _, _, message) { "#{severity}: #{message}\n" })
  logger.warn("careful")
  FileUtils.rm_r("work")
  puts Dir.exist?("work")
end

section("errors") do
  begin
    require "no/such/library"
  rescue LoadError => error
    puts error.message
  end
  puts File.exist?("/ruby/3.4.0/set.rb"), Dir.children("/ruby/3.4.0").size > 50
  [1].frist
rescue NoMethodError => error
  puts error.message.lines.first
end

at_exit { puts "at exit" }
exit 7
