// SPDX-License-Identifier: MIT
// Each way to keep a message as a file: nothing is seen until it is whole, and no name is taken twice.
#include "mail/eml_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

using fid::mail::EmlFile;
using fid::mail::EmlFolder;

namespace {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "fid-eml-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Hidden ones left out.
    [[nodiscard]] std::set<std::string> messages() const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            if (!entry.path().filename().string().starts_with('.')) names.insert(entry.path().filename().string());
        return names;
    }
    [[nodiscard]] bool empty() const { return std::filesystem::is_empty(path_); }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(path_ + "/" + name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::string path_;
};

}  // namespace

TEST_CASE("a message's file has its name once it is whole, and another where that is taken") {
    for (const auto way : {EmlFolder::Way::linked, EmlFolder::Way::linked_by_proc, EmlFolder::Way::renamed}) {
        CAPTURE(static_cast<int>(way));
        const TemporaryFolder place;
        const auto folder = EmlFolder::open(place.path(), way);
        REQUIRE(folder);
        CHECK(folder->way() >= way);
        CHECK(place.empty());

        EmlFile file;
        REQUIRE(file.begin(*folder, 12));
        const std::string large(200'000, 'x');
        REQUIRE(file.write("Subject: one\r\n"));
        REQUIRE(file.write(large));
        CHECK(place.messages().empty());
        const auto name = file.keep();
        REQUIRE(name);
        CHECK(name->ends_with("Z-12.eml"));
        CHECK(place.messages() == std::set{*name});
        CHECK(place.read(*name) == "Subject: one\r\n" + large);
        CHECK(std::filesystem::status(place.path() + "/" + *name).permissions() ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

        EmlFile next;
        REQUIRE(next.begin(*folder, 13));
        REQUIRE(next.write("two"));
        next.drop();
        CHECK(place.messages() == std::set{*name});
        REQUIRE(next.begin(*folder, 14));
        REQUIRE(next.write("three"));
        const auto second = next.keep();
        REQUIRE(second);
        CHECK(place.messages() == std::set{*name, *second});
        {  // What ends without keep() leaves nothing.
            EmlFile cut;
            REQUIRE(cut.begin(*folder, 15));
            REQUIRE(cut.write(large));
        }
        CHECK(place.messages().size() == 2);
        CHECK(std::distance(std::filesystem::directory_iterator(place.path()), {}) == 2);
    }
}

TEST_CASE("a name that is taken") {
    const TemporaryFolder place;
    const auto folder = EmlFolder::open(place.path(), EmlFolder::Way::renamed);
    REQUIRE(folder);
    EmlFile file;
    REQUIRE(file.begin(*folder, 1));
    const std::string partial = std::filesystem::directory_iterator(place.path())->path().filename().string();
    const std::string wanted = partial.substr(1, partial.size() - std::string_view("..part").size());
    std::ofstream(place.path() + "/" + wanted + ".eml") << "other";
    const auto name = file.keep();
    REQUIRE(name);
    CHECK(*name == wanted + "-2.eml");
    CHECK(place.read(wanted + ".eml") == "other");
}

TEST_CASE("a folder that cannot be") {
    const auto folder = EmlFolder::open("/dev/null/folder");
    REQUIRE_FALSE(folder);
    CHECK(folder.error().status == fid::Status::cannot_write);
}
