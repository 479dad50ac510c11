// Containers, algorithms and iostreams of the C++ library, with templates, virtual calls, lambdas and
// destructors. Prints only what every implementation of the library prints.
#include <algorithm>
#include <array>
#include <bitset>
#include <complex>
#include <cstdio>
#include <deque>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <sstream>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

struct Shape {
  virtual ~Shape() {
    ++destroyed;
  }
  virtual double area() const = 0;
  virtual std::string name() const {
    return "shape";
  }
  static int destroyed;
};
int Shape::destroyed = 0;

struct Circle : Shape {
  explicit Circle(double radius) : radius(radius) {}
  double area() const override {
    return 3.141592653589793 * radius * radius;
  }
  std::string name() const override {
    return "circle";
  }
  double radius;
};

struct Named {
  virtual ~Named() = default;
  virtual std::string label() const = 0;
};

struct Rectangle : Named, Shape {
  Rectangle(double width, double height) : width(width), height(height) {}
  double area() const override {
    return width * height;
  }
  std::string label() const override {
    return "a rectangle " + std::to_string(static_cast<int>(width));
  }
  double width, height;
};

void shapes() {
  std::vector<std::unique_ptr<Shape>> all;
  for (int i = 1; i <= 5; ++i) {
    if (i % 2) {
      all.push_back(std::make_unique<Circle>(i));
    } else {
      all.emplace_back(new Rectangle(i, i + 1));
    }
  }
  double sum = 0;
  for (const auto &shape : all) {
    sum += shape->area();
    std::cout << shape->name() << ' ' << std::fixed << std::setprecision(3) << shape->area();
    if (const auto *named = dynamic_cast<const Named *>(shape.get())) {
      std::cout << " = " << named->label();
    }
    std::cout << '\n';
  }
  std::cout << "sum " << std::scientific << sum << std::defaultfloat << '\n';
  all.clear();
  std::cout << "destroyed " << Shape::destroyed << '\n';
}

void containers() {
  std::mt19937 random(12345);
  std::vector<unsigned> numbers(200000);
  std::generate(numbers.begin(), numbers.end(), [&] { return random() % 100000; });
  auto sorted = numbers;
  std::sort(sorted.begin(), sorted.end());
  auto stable = numbers;
  std::stable_sort(stable.begin(), stable.end(), [](unsigned a, unsigned b) { return a % 100 < b % 100; });
  std::cout << sorted.front() << ' ' << sorted[100000] << ' ' << sorted.back() << ' ' << stable[1000] << ' '
            << std::accumulate(numbers.begin(), numbers.end(), 0ull) << '\n';
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::cout << sorted.size() << ' ' << std::binary_search(sorted.begin(), sorted.end(), 4711u) << ' '
            << (std::lower_bound(sorted.begin(), sorted.end(), 50000u) - sorted.begin()) << '\n';

  std::map<std::string, int> words;
  std::istringstream text("the quick brown fox jumps over the lazy dog the end of the dog");
  for (std::string word; text >> word;) {
    ++words[word];
  }
  for (const auto &[word, count] : words) {
    std::cout << word << '=' << count << ' ';
  }
  std::cout << '\n';

  std::unordered_map<unsigned, unsigned> counts;
  for (unsigned n : numbers) {
    ++counts[n];
  }
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto &a, const auto &b) {
    return std::make_pair(a.second, b.first) < std::make_pair(b.second, a.first);
  });
  std::cout << counts.size() << ' ' << most->first << ' ' << most->second << '\n';

  std::set<std::pair<int, std::string>, std::greater<>> ordered{{2, "b"}, {1, "a"}, {2, "a"}, {3, "c"}};
  for (const auto &[n, s] : ordered) {
    std::cout << n << s << ' ';
  }
  std::deque<int> deque;
  for (int i = 0; i < 10; ++i) {
    i % 2 ? deque.push_back(i) : deque.push_front(i);
  }
  std::rotate(deque.begin(), deque.begin() + 3, deque.end());
  std::copy(deque.begin(), deque.end(), std::ostream_iterator<int>(std::cout, ","));
  std::list<int> list{5, 3, 9, 1};
  list.sort();
  list.reverse();
  list.remove_if([](int n) { return n == 3; });
  std::priority_queue<int, std::vector<int>, std::greater<>> queue(list.begin(), list.end());
  std::cout << ' ' << queue.top() << ' ' << list.size() << ' ' << std::bitset<16>(0xa5f0) << '\n';

  std::vector<std::variant<int, double, std::string>> values{1, 2.5, std::string("three")};
  for (const auto &value : values) {
    std::visit([](const auto &v) { std::cout << '[' << v << ']'; }, value);
  }
  std::optional<int> none, some = 7;
  std::cout << none.value_or(-1) << some.value_or(-1) << ' '
            << std::complex<double>(1, 2) * std::complex<double>(3, -1) << '\n';
  std::function<long(int)> factorial = [&](int n) { return n < 2 ? 1 : n * factorial(n - 1); };
  std::cout << factorial(12) << ' ' << std::get<1>(std::make_tuple(1, "tuple", 2.0)) << '\n';
  std::array<int, 6> permutation{1, 2, 3, 4, 5, 6};
  int permutations = 0;
  do {
    permutations += permutation[0] < permutation[5];
  } while (std::next_permutation(permutation.begin(), permutation.end()));
  std::cout << permutations << ' ' << std::gcd(462, 1071) << '\n';
}

// A file behind the streams' own interface: Debian's libc++ for WASI is built without <fstream>.
class FileBuffer : public std::streambuf {
public:
  FileBuffer(const char *name, const char *mode) : file(std::fopen(name, mode)) {}
  ~FileBuffer() override {
    if (file) {
      std::fclose(file);
    }
  }
  bool is_open() const {
    return file;
  }

protected:
  int_type overflow(int_type c) override {
    return std::putc(c, file) == EOF ? traits_type::eof() : c;
  }
  std::streamsize xsputn(const char *s, std::streamsize n) override {
    return static_cast<std::streamsize>(std::fwrite(s, 1, static_cast<std::size_t>(n), file));
  }
  int_type underflow() override {
    const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file);
    setg(buffer.data(), buffer.data(), buffer.data() + n);
    return n ? traits_type::to_int_type(buffer[0]) : traits_type::eof();
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode) override {
    setg(nullptr, nullptr, nullptr);
    return std::fseek(file, static_cast<long>(position), SEEK_SET) == 0 ? position : pos_type(off_type(-1));
  }

private:
  std::FILE *file;
  std::array<char, 100> buffer{};
};

void streams() {
  std::cout << std::setw(8) << std::right << 42 << '|' << std::left << std::setw(8) << "left" << '|'
            << std::setfill('*') << std::internal << std::setw(10) << -3.5 << std::setfill(' ') << '|'
            << std::hex << std::showbase << 255 << '|' << std::oct << 8 << std::dec << std::noshowbase << '|'
            << std::boolalpha << true << '|' << std::setprecision(10) << 1.0 / 3 << '|' << 1e100 << '|'
            << 123456789.0f << '\n';
  {
    FileBuffer buffer("table.txt", "w");
    std::ostream out(&buffer);
    for (int i = 0; i < 1000; ++i) {
      out << i << '\t' << i * 0.125 << '\t' << std::string(i % 5, 'x') << ".\n";
    }
  }
  FileBuffer buffer("table.txt", "r");
  std::istream in(&buffer);
  double sum = 0;
  std::size_t lines = 0, length = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    std::istringstream fields(line);
    int index;
    double value;
    std::string rest;
    fields >> index >> value >> rest;
    sum += index + value;
    length += rest.size();
  }
  in.clear();
  in.seekg(10);
  std::string word;
  in >> word;
  std::cout << lines << ' ' << sum << ' ' << length << ' ' << word << ' '
            << FileBuffer("missing.txt", "r").is_open() << '\n';
  int number = 0;
  std::istringstream bad("12 abc");
  bad >> number >> number;
  std::cout << number << ' ' << bad.fail() << ' ' << std::stod("2.5e3") << ' ' << std::stoi("ff", nullptr, 16)
            << '\n';
  std::string line;
  int input = 0;
  while (std::getline(std::cin, line)) {
    std::cout << ++input << ": " << line << " (" << line.size() << ")\n";
  }
  std::cerr << "to stderr" << std::endl;
}

struct AtExit {
  ~AtExit() {
    std::cout << "global destructor" << std::endl;
  }
} at_exit;

} // namespace

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    std::cout << "argument " << argv[i] << '\n';
  }
  shapes();
  containers();
  streams();
  return 5;
}
