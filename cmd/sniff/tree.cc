// SPDX-License-Identifier: MIT
#include "cmd/sniff/tree.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "packet/field_text.h"

namespace fid::cmd::sniff {
namespace {

using packet::FieldType;
using packet::FieldValue;

class TreeWriter final : public packet::FieldSink {
  public:
    TreeWriter(const packet::Dissector& dissector, Text& out) : dissector_(dissector), out_(out) {}

    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        start(field);
        packet::write_value(dissector_.fields[field].type, value, out_);
        if (!value.meaning.empty()) {
            out_.put(" (");
            out_.escaped(value.meaning);
            out_.put(')');
        }
        out_.put('\n');
    }
    void open(unsigned field, std::string_view text, std::size_t, std::size_t) override {
        start(field);
        out_.escaped(text);
        out_.put('\n');
        ++depth_;
    }
    void close() override { depth_ -= depth_ > 1 ? 1 : 0; }

  private:
    void start(unsigned field) {
        out_.fill(' ', 4 * depth_);
        out_.put(dissector_.fields[field].title);
        out_.put(": ");
    }
    const packet::Dissector& dissector_;
    Text& out_;
    std::size_t depth_ = 1;
};

/// Fields as an object: a field that comes again becomes a list, a group an object of its own.
class ObjectWriter final : public packet::FieldSink {
  public:
    ObjectWriter(const packet::Dissector& dissector, report::Object& object) : dissector_(dissector) {
        open_.push_back({{}, &object, {}});
    }

    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        add(*open_.back().target, dissector_.fields[field].name, to_value(dissector_.fields[field].type, value));
    }
    void open(unsigned field, std::string_view text, std::size_t, std::size_t) override {
        // Groups are kept apart until they close: adding to the parent may move its elements.
        open_.push_back({std::string(dissector_.fields[field].name), nullptr, {}});
        open_.back().own = std::make_unique<report::Object>();
        open_.back().target = open_.back().own.get();
        open_.back().target->emplace_back("summary", report::Value(text));
    }
    void close() override {
        if (open_.size() < 2) return;
        Level level = std::move(open_.back());
        open_.pop_back();
        add(*open_.back().target, level.name, report::Value(std::move(*level.own)));
    }
    /// Closes what the dissector left open.
    void finish() {
        while (open_.size() > 1) close();
    }

  private:
    struct Level {
        std::string name;
        report::Object* target;
        std::unique_ptr<report::Object> own;
    };
    static void add(report::Object& object, std::string_view name, report::Value value) {
        for (auto& [known, present] : object) {
            if (known != name) continue;
            if (report::List* list = present.list()) {
                list->push_back(std::move(value));
            } else {
                report::List both;
                both.push_back(std::move(present));
                both.push_back(std::move(value));
                present = report::Value(std::move(both));
            }
            return;
        }
        object.emplace_back(std::string(name), std::move(value));
    }

    const packet::Dissector& dissector_;
    std::vector<Level> open_;
};

}  // namespace

report::Value to_value(FieldType type, const FieldValue& value) {
    switch (type) {
        case FieldType::flag:
        case FieldType::number:
        case FieldType::hex:
            return value.number;
        case FieldType::text:
        case FieldType::group:
            return as_text(value.bytes);
        case FieldType::bytes: {
            Text text;
            text.hex_bytes(value.bytes);
            return text.take();
        }
        case FieldType::mac:
        case FieldType::ipv4:
        case FieldType::ipv6:
            break;
    }
    Text text;
    packet::write_value(type, value, text);
    return text.take();
}

report::Value layers_value(const packet::Packet& packet) {
    report::List layers;
    for (const packet::Layer& layer : packet.layers()) {
        const packet::Dissector& dissector = packet::dissector(layer.protocol);
        report::Object object;
        object.emplace_back("protocol", report::Value(dissector.name));
        ObjectWriter writer(dissector, object);
        dissector.visit(packet, layer, writer);
        writer.finish();
        if (layer.malformed) object.emplace_back("malformed", report::Value(true));
        if (layer.truncated) object.emplace_back("truncated", report::Value(true));
        layers.emplace_back(std::move(object));
    }
    return layers;
}

void put_tree(const packet::Packet& packet, Text& out) {
    for (const packet::Layer& layer : packet.layers()) {
        const packet::Dissector& dissector = packet::dissector(layer.protocol);
        out.put(dissector.title);
        if (layer.malformed) out.put(" [malformed]");
        if (layer.truncated) out.put(" [cut short by the capture]");
        out.put('\n');
        TreeWriter writer(dissector, out);
        dissector.visit(packet, layer, writer);
    }
}

}  // namespace fid::cmd::sniff
