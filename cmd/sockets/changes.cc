// SPDX-License-Identifier: MIT
#include "cmd/sockets/changes.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cmd/sockets/record.h"

namespace fid::cmd::sockets {
namespace {

using report::Record;
using report::Type;
using report::Value;

constexpr std::array<report::Field, 4> own_fields{{
    {"change", Type::text, "opened, closed or changed"},
    {"was_state", Type::text, "the state before, where it is another now"},
    {"was_pid", Type::integer, "the first process before, where it is another now"},
    {"was_process", Type::text, "its name"},
}};

std::string plain(const Value& value) {
    Text text;
    value.write_plain(text, true);
    return text.take();
}

std::string exact(const Value& value) {
    Text text;
    value.write_json(text);
    return text.take();
}

/// What makes it the same socket at both moments.
std::string identity(const Record& record) {
    std::string key;
    for (const std::string_view field :
         {"netns", "protocol", "local_address", "local_port", "local_name", "peer_address", "peer_port", "device"})
        key += exact(record.at(field)) + " ";
    const std::string state = plain(record.at("state"));
    const bool waits = !record.at("local_name").is_null() && (state == "listen" || state == "unconnected");
    if (record.at("local_address").is_null() && !waits) key += exact(record.at("inode"));
    return key;
}

class ChangeMaker {
  public:
    void add(std::string_view what, const Record& socket, const Record* before = nullptr) {
        Record change(change_record());
        change.set("change", what);
        for (const report::Field& field : socket_record.fields) change.set(field.name, socket.at(field.name));
        if (before != nullptr) {
            if (differs(*before, socket, "state")) change.set("was_state", before->at("state"));
            if (differs(*before, socket, "pid")) {
                change.set("was_pid", before->at("pid"));
                change.set("was_process", before->at("process"));
            }
        }
        changes.push_back(std::move(change));
    }

    /// A state or a process that is known at both moments and is not the same.
    static bool differs(const Record& before, const Record& now, std::string_view field) {
        const Value& old = before.at(field);
        const Value& fresh = now.at(field);
        return !old.is_null() && !fresh.is_null() && exact(old) != exact(fresh);
    }

    std::vector<Record> changes;
};

std::string end_text(const Record& record, std::string_view side) {
    const auto part = [&](std::string_view name) { return plain(record.at(std::string(side) + std::string(name))); };
    const std::string address = part("_address");
    if (address.empty()) {
        const std::string name = part("_name");
        return name.empty() ? "-" : name;
    }
    if (side == "local" && plain(record.at("dual_stack")) == "true") return "*:" + part("_port");
    const bool bracket = address.find(':') != std::string::npos;
    return (bracket ? "[" + address + "]" : address) + ":" + part("_port");
}

std::string process_text(const Value& name, const Value& pid) {
    return pid.is_null() ? "-" : plain(name) + "[" + plain(pid) + "]";
}

}  // namespace

const report::RecordType& change_record() {
    static const std::vector<report::Field> fields = [] {
        std::vector<report::Field> all(own_fields.begin(), own_fields.end());
        all.insert(all.end(), socket_record.fields.begin(), socket_record.fields.end());
        return all;
    }();
    static const report::RecordType type{"change", "what became of a socket (--diff, --watch)", fields};
    return type;
}

std::vector<Record> compare(const std::vector<Record>& before, const std::vector<Record>& now) {
    // Several sockets may share an identity (SO_REUSEPORT): they are paired in order.
    struct Same {
        std::vector<const Record*> records;
        std::size_t used = 0;    ///< the first so many are there still
        std::size_t passed = 0;  ///< while the rest is looked for
    };
    std::unordered_map<std::string, Same> old;
    for (const Record& record : before) old[identity(record)].records.push_back(&record);
    ChangeMaker maker;
    ChangeMaker later;
    for (const Record& record : now) {
        const auto found = old.find(identity(record));
        if (found == old.end() || found->second.used == found->second.records.size()) {
            later.add("opened", record);
            continue;
        }
        const Record& was = *found->second.records[found->second.used++];
        if (ChangeMaker::differs(was, record, "state") || ChangeMaker::differs(was, record, "pid"))
            later.add("changed", record, &was);
    }
    for (const Record& record : before) {  // in the order they were listed in
        Same& same = old[identity(record)];
        if (same.passed++ >= same.used) maker.add("closed", record);
    }
    std::ranges::move(later.changes, std::back_inserter(maker.changes));
    return std::move(maker.changes);
}

void write_change(report::Output& out, const Record& change) {
    if (!out.plain_text()) {
        out.write(change);
        return;
    }
    const std::string what = plain(change.at("change"));
    const char sign = what == "opened" ? '+' : what == "closed" ? '-' : '~';
    Text& text = out.text();
    out.style(sign == '+' ? report::Style::good : sign == '-' ? report::Style::bad : report::Style::plain);
    text.put(sign);
    const auto column = [&](std::string_view cell) {
        text.put(out.terminal() ? ' ' : '\t');
        text.put(cell);
    };
    column(plain(change.at("protocol")));
    const bool moved = !change.at("was_state").is_null();
    column((moved ? plain(change.at("was_state")) + ">" : "") + plain(change.at("state")));
    column(end_text(change, "local"));
    column(end_text(change, "peer"));
    const bool other = !change.at("was_pid").is_null();
    column((other ? process_text(change.at("was_process"), change.at("was_pid")) + ">" : "") +
           process_text(change.at("process"), change.at("pid")));
    out.style(report::Style::plain);
    text.put('\n');
    out.line_done();
}

}  // namespace fid::cmd::sockets
