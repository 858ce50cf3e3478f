// SPDX-License-Identifier: MIT
#include "transport/process_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

namespace fid::transport {
namespace {

/// A child that has not been reaped.
class Child {
  public:
    Child(Executor executor, pid_t id, bool group, Descriptor handle)
        : id_(id), group_(group), handle_(executor, std::move(handle)) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (reaped_) return;
        for (const int number : {SIGTERM, SIGKILL}) {
            if (ends_soon()) break;
            signal(number);
        }
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
        }
    }

    void stop(const Error& why) { handle_.stop(why); }
    void signal(int number) const {
        if (!reaped_) ::kill(group_ ? -id_ : id_, number);
    }

    /// As waitpid(2) gives it.
    Task<Result<int>> status() {
        int status = 0;
        while (true) {
            const pid_t ended = ::waitpid(id_, &status, WNOHANG);
            if (ended == id_) break;
            if (ended < 0 && errno != EINTR)
                co_return fail_errno(Status::cannot_read, "cannot wait for", "the command", errno);
            auto ready = co_await handle_.readable();
            if (!ready) co_return std::unexpected(std::move(ready.error()));
        }
        reaped_ = true;
        co_return status;
    }

  private:
    [[nodiscard]] bool ends_soon() const {
        constexpr int patience = 500;  // ms
        pollfd ended{.fd = handle_.get(), .events = POLLIN, .revents = 0};
        return ::poll(&ended, 1, patience) == 1;
    }

    pid_t id_;
    bool group_;  ///< it leads a process group
    Pollable handle_;
    bool reaped_ = false;
};

std::string describe_end(int status) {
    if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
    const int number = WTERMSIG(status);
    return "killed by signal " + std::to_string(number) + " (" + strsignal(number) + ")";
}

class ProcessStream final : public Process {
  public:
    ProcessStream(Pollable input, Pollable output, std::string name, std::unique_ptr<Child> child)
        : Process(std::move(input), std::move(output), std::move(name)), child_(std::move(child)) {}

    /// It sees that both of its ends are closed, and may deal with what it has got, before it is told to go.
    ~ProcessStream() override {
        output_.reset();
        if (input_.get() >= 0) static_cast<void>(input_.release());
    }

    Task<Result<void>> finish() override {
        if (!finished_) static_cast<void>(output().release());
        finished_ = true;
        co_return Result<void>();
    }
    Task<Result<void>> conclude() override {
        if (exit_status_) co_return Result<void>();
        if (input_.get() >= 0) static_cast<void>(input_.release());  // nobody reads what it still writes
        auto status = co_await child_->status();
        if (!status) co_return std::unexpected(std::move(status.error()));
        constexpr int signalled = 128;  // as shells tell it
        exit_status_ = WIFEXITED(*status) ? WEXITSTATUS(*status) : signalled + WTERMSIG(*status);
        if (*exit_status_ == 0) co_return Result<void>();
        co_return fail(Status::negative, "the command failed:", name_, describe_end(*status));
    }
    void stop(const Error& why) override {
        DescriptorStream::stop(why);
        child_->stop(why);
    }
    void signal(int number) override { child_->signal(number); }
    [[nodiscard]] std::optional<int> exit_status() const override { return exit_status_; }
    [[nodiscard]] Ending ending() const override { return Ending::exit; }

  private:
    std::unique_ptr<Child> child_;
    bool finished_ = false;
    std::optional<int> exit_status_;
};

struct Pipe {
    Descriptor read, write;
};

/// A megabyte, which is as large as an unprivileged user may have it, moves more at once.
std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    constexpr int bytes = 1024 * 1024;
    ::fcntl(ends[1], F_SETPIPE_SZ, bytes);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Our environment with more: "NAME=value" each.
std::vector<std::string> full_environment(const Environment& more) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view line(*each);
        const auto name = line.substr(0, line.find('='));
        bool replaced = false;
        for (const auto& [key, value] : more) replaced = replaced || key == name;
        if (!replaced) all.emplace_back(line);
    }
    for (const auto& [key, value] : more) all.push_back(key + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// posix_spawn(3), as fork(2) would copy the page tables of a program that may be large. An error number, or 0.
int spawn(std::string command, const ProcessOptions& options, int input, int output, bool group, pid_t& id) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    if (options.error >= 0) posix_spawn_file_actions_adddup2(&files, options.error, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);  // we ignore it; programs count on it
    posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
    const int flags = POSIX_SPAWN_SETSIGDEF | (group ? POSIX_SPAWN_SETPGROUP : 0);
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    std::vector<std::string> words{"sh", "-c", std::move(command)};
    std::vector<std::string> variables = full_environment(options.environment);
    const auto arguments = pointers(words), all = pointers(variables);
    const int number = ::posix_spawn(&id, "/bin/sh", &files, &attributes, arguments.data(), all.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return number;
}

bool has_terminal() { return Descriptor(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)).valid(); }

}  // namespace

Result<std::unique_ptr<Process>> start_process(Executor executor, std::string command, const ProcessOptions& options) {
    const auto refuse = [&command](int number) {
        return fail_errno(Status::cannot_connect, "cannot start", "exec:" + command, number);
    };
    auto to = make_pipe(), from = make_pipe();
    if (!to || !from) return refuse(errno);
    const bool group = options.own_group || !has_terminal();
    pid_t id = 0;
    if (const int number = spawn(command, options, to->read.get(), from->write.get(), group, id); number != 0)
        return refuse(number);
    // glibc 2.36 declares pidfd_open(2) for C only.
    Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
    const int number = errno;
    const bool held = handle.valid();
    auto child = std::make_unique<Child>(executor, id, group, std::move(handle));
    if (!held) return refuse(number);
    return std::make_unique<ProcessStream>(Pollable(executor, std::move(from->read)),
                                           Pollable(executor, std::move(to->write)), "exec:" + command,
                                           std::move(child));
}

Result<StreamPtr> make_process_stream(Executor executor, std::string command, const Environment& environment) {
    ProcessOptions options;
    options.environment = environment;
    return start_process(executor, std::move(command), options);
}

}  // namespace fid::transport
