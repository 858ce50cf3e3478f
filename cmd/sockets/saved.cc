// SPDX-License-Identifier: MIT
#include "cmd/sockets/saved.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cmd/sockets/record.h"

namespace fid::cmd::sockets {
namespace {

using nlohmann::json;
using report::Value;

/// Our records are flat but for the lists of processes; what is deeper is not ours.
constexpr unsigned max_depth = 8;

Value value_of(const json& from, unsigned depth = 0) {
    switch (from.type()) {
        case json::value_t::boolean:
            return {from.get<bool>()};
        case json::value_t::number_integer:
            return {static_cast<long>(from.get<std::int64_t>())};
        case json::value_t::number_unsigned:
            return {static_cast<unsigned long>(from.get<std::uint64_t>())};
        case json::value_t::number_float:
            return {from.get<double>()};
        case json::value_t::string:
            return {from.get<std::string>()};
        case json::value_t::array: {
            report::List list;
            if (depth < max_depth)
                for (const json& one : from) list.push_back(value_of(one, depth + 1));
            return {std::move(list)};
        }
        case json::value_t::object: {
            report::Object object;
            if (depth < max_depth)
                for (const auto& [name, one] : from.items()) object.emplace_back(name, value_of(one, depth + 1));
            return {std::move(object)};
        }
        default:
            return {};
    }
}

}  // namespace

Result<std::vector<report::Record>> read_saved(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path);
        if (!file) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    }
    std::istream& input = path == "-" ? std::cin : file;
    std::vector<report::Record> records;
    std::string line;
    for (std::size_t number = 1; std::getline(input, line); ++number) {
        if (line.empty()) continue;
        const json object = json::parse(line, nullptr, false);
        if (!object.is_object())
            return fail(Status::bad_input, "not a record of fid sockets:", path + " line " + std::to_string(number), {},
                        "save with: fid sockets --json > FILE");
        const auto type = object.find("type");
        if (type == object.end() || *type != socket_record.name) continue;
        report::Record record(socket_record);
        for (const report::Field& field : socket_record.fields) {
            const auto found = object.find(std::string(field.name));
            if (found != object.end()) record.set(field.name, value_of(*found));
        }
        records.push_back(std::move(record));
    }
    if (input.bad()) return fail(Status::cannot_read, "cannot read", path);
    return records;
}

}  // namespace fid::cmd::sockets
