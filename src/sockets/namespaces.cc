// SPDX-License-Identifier: MIT
#include "sockets/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <utility>

namespace fid::sockets {
namespace {

namespace fs = std::filesystem;
using transport::Descriptor;
using Identity = std::pair<dev_t, ino_t>;

class Collector {
  public:
    void add(const std::string& path, const std::string& name) {
        struct stat facts{};
        if (::stat(path.c_str(), &facts) != 0 || seen_.contains({facts.st_dev, facts.st_ino})) return;
        Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.valid()) return;
        seen_.insert({facts.st_dev, facts.st_ino});
        spaces.push_back({name, std::move(file)});
    }

    /// The entries of a folder, sorted so that the same machine gives the same names.
    static std::vector<std::string> names_in(const char* folder) {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) names.push_back(entry.path().filename());
        std::ranges::sort(names, [](const std::string& a, const std::string& b) {
            return a.size() != b.size() ? a.size() < b.size() : a < b;  // process ids by number
        });
        return names;
    }

    std::vector<Space> spaces;

  private:
    std::set<Identity> seen_;
};

}  // namespace

Result<std::vector<Space>> list_spaces() {
    Collector collector;
    collector.add("/proc/self/ns/net", "self");
    if (collector.spaces.empty()) return fail_errno(Status::cannot_read, "cannot open", "/proc/self/ns/net", errno);
    for (const std::string& name : Collector::names_in("/run/netns")) collector.add("/run/netns/" + name, name);
    for (const std::string& pid : Collector::names_in("/proc"))
        if (pid[0] >= '0' && pid[0] <= '9') collector.add("/proc/" + pid + "/ns/net", "pid:" + pid);
    return std::move(collector.spaces);
}

Result<void> enter(const Space& space) {
    if (::setns(space.file.get(), CLONE_NEWNET) == 0) return {};
    auto error = fail_errno(Status::cannot_read, "cannot enter", "network namespace " + space.name, errno);
    error.error().hint = "only root may look into other namespaces";
    return error;
}

}  // namespace fid::sockets
