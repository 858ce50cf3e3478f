// SPDX-License-Identifier: MIT
#include "transport/pty_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "transport/descriptor_stream.h"

namespace fid::transport {
namespace {

class PtyStream final : public DescriptorStream {
  public:
    PtyStream(Pollable master, Descriptor slave, std::string path, std::string link)
        : DescriptorStream(std::move(master), std::nullopt, path),
          slave_(std::move(slave)),
          path_(std::move(path)),
          link_(std::move(link)) {}

    /// Only our own link: somebody may have put another thing in its place.
    ~PtyStream() override {
        if (link_.empty()) return;
        std::array<char, 64> target{};  // longer than any terminal's path
        const ssize_t size = ::readlink(link_.c_str(), target.data(), target.size());
        if (size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)) == path_)
            ::unlink(link_.c_str());
    }

    [[nodiscard]] Ending ending() const override { return Ending::none; }

  private:
    /// Nobody has it open any more.
    [[nodiscard]] bool is_end(int number) const override { return number == EIO; }

    Descriptor slave_;  ///< open where the terminal is to stay
    std::string path_, link_;
};

}  // namespace

Result<Pty> make_pty_stream(Executor executor, PtyOptions options) {
    const auto refuse = [](int number) {
        return fail_errno(Status::cannot_connect, "cannot make", "a pseudo terminal", number);
    };
    Descriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    std::array<char, 64> name{};
    if (!master.valid() || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0) return refuse(errno);
    if (const int number = ::ptsname_r(master.get(), name.data(), name.size()); number != 0) return refuse(number);
    termios settings{};
    // Of the two ends' one set of settings: to open the other end here, and close it, would read as its end.
    if (::tcgetattr(master.get(), &settings) != 0) return refuse(errno);
    ::cfmakeraw(&settings);
    if (::tcsetattr(master.get(), TCSANOW, &settings) != 0) return refuse(errno);
    Pty pty;
    pty.path = name.data();
    Descriptor slave;
    if (options.keep) {
        slave = Descriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        if (!slave.valid()) return refuse(errno);
    }
    if (!options.link.empty() && ::symlink(name.data(), options.link.c_str()) != 0)
        return fail_errno(Status::cannot_write, "cannot make the link", options.link, errno);
    pty.stream = std::make_unique<PtyStream>(Pollable(executor, std::move(master)), std::move(slave), pty.path,
                                             std::move(options.link));
    return pty;
}

}  // namespace fid::transport
