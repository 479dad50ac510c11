# Required by libraries.rb, from beside it.
module Helper
  def self.greeting(name) = "hello, #{name}"
end
