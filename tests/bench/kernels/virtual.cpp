// A loop of virtual calls: expression trees of several node classes, evaluated over and over.
#include "kernel.h"

namespace {

struct Node {
  virtual ~Node() = default;
  virtual int32_t evaluate(int32_t x) const = 0;
};

struct Constant final : Node {
  int32_t value = 0;
  int32_t evaluate(int32_t) const override {
    return value;
  }
};

struct Variable final : Node {
  int32_t evaluate(int32_t x) const override {
    return x;
  }
};

struct Binary : Node {
  const Node *left = nullptr, *right = nullptr;
};

struct Sum final : Binary {
  int32_t evaluate(int32_t x) const override {
    return static_cast<int32_t>(static_cast<uint32_t>(left->evaluate(x)) +
                                static_cast<uint32_t>(right->evaluate(x)));
  }
};

struct Product final : Binary {
  int32_t evaluate(int32_t x) const override {
    return static_cast<int32_t>(static_cast<uint32_t>(left->evaluate(x)) *
                                static_cast<uint32_t>(right->evaluate(x)));
  }
};

struct Exclusive final : Binary {
  int32_t evaluate(int32_t x) const override {
    return left->evaluate(x) ^ right->evaluate(x);
  }
};

struct Choice final : Binary {
  int32_t evaluate(int32_t x) const override {
    return x & 1 ? left->evaluate(x >> 1) : right->evaluate(x >> 1);
  }
};

Constant constants[64];
Variable variables[64];
Sum sums[64];
Product products[64];
Exclusive exclusives[64];
Choice choices[64];
int used;

const Node *build(int depth, uint64_t *seed) {
  const int index = used++ % 64;
  if (depth == 0) {
    if (next_random(seed) % 2) {
      constants[index].value = static_cast<int32_t>(next_random(seed) % 1000);
      return &constants[index];
    }
    return &variables[index];
  }
  Binary *node = nullptr;
  switch (next_random(seed) % 4) {
  case 0:
    node = &sums[index];
    break;
  case 1:
    node = &products[index];
    break;
  case 2:
    node = &exclusives[index];
    break;
  default:
    node = &choices[index];
  }
  node->left = build(depth - 1, seed);
  node->right = build(depth - 1, seed);
  return node;
}

} // namespace

extern "C" uint64_t kernel(void) {
  // 31 nodes: none is used twice.
  uint64_t seed = 4242, sum = 0;
  used = 0;
  const Node *root = build(4, &seed);
  for (int32_t x = 0; x < 2000000; x++) {
    sum += static_cast<uint32_t>(root->evaluate(x * 7));
  }
  return sum;
}
