// Where the control thread leaves what workers may still be reading, until they no longer can.
//
// The control thread replaces an object by publishing a pointer to its successor, and buries the
// old one. After every worker has announced a quiet point (it holds no pointer from before), the
// graveyard is cleared.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace fz::dataplane {

class Graveyard {
  public:
    template <typename T>
    void bury(std::unique_ptr<T> object) {
        if (object) graves_.emplace_back(std::move(object));
    }
    /// Frees everything buried. Every reader must have passed a quiet point since.
    void clear() noexcept { graves_.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return graves_.size(); }

  private:
    /// Type-erased ownership: remembers how to delete what it was given.
    class Grave {
      public:
        template <typename T>
        explicit Grave(std::unique_ptr<T> object) noexcept
            : object_(object.release()),
              free_([](const void* pointer) noexcept { delete static_cast<const T*>(pointer); }) {}
        Grave(Grave&& other) noexcept
            : object_(std::exchange(other.object_, nullptr)), free_(other.free_) {}
        Grave& operator=(Grave&&) = delete;
        ~Grave() {
            if (object_ != nullptr) free_(object_);
        }

      private:
        const void* object_;
        void (*free_)(const void*) noexcept;
    };

    std::vector<Grave> graves_;
};

}  // namespace fz::dataplane
