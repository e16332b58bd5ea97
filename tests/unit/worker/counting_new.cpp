#include "unit/worker/counting_new.h"

#include <cstdlib>
#include <new>

namespace fz::test {

std::atomic<std::size_t> allocations{0};

}  // namespace fz::test

// Under sanitizers these hide the sanitizer's own operators; its malloc still checks every byte.
void* operator new(std::size_t size) {
    fz::test::allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
