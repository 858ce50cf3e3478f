// SPDX-License-Identifier: MIT
#include "cmd/sniff/record.h"

#include <array>

#include "cmd/sniff/line.h"
#include "cmd/sniff/tree.h"
#include "report/suggest.h"

namespace fid::cmd::sniff {
namespace {

using report::Type;

constexpr std::array record_fields{
    report::Field{"number", Type::integer, "position over all inputs, from 1"},
    report::Field{"time", Type::time, "when it was captured"},
    report::Field{"epoch", Type::real, "the same in seconds since 1970, exact to the capture's precision"},
    report::Field{"interface", Type::text, "the capturing interface's name, or its index where it has none"},
    report::Field{"captured_bytes", Type::integer, "bytes in the capture"},
    report::Field{"length_bytes", Type::integer, "bytes on the wire"},
    report::Field{"protocol", Type::text, "the highest protocol decoded"},
    report::Field{"protocols", Type::list, "all protocols, outermost first"},
    report::Field{"source", Type::text, "outermost IP source address"},
    report::Field{"destination", Type::text, "outermost IP destination address"},
    report::Field{"source_port", Type::integer, "outermost source port"},
    report::Field{"destination_port", Type::integer, "outermost destination port"},
    report::Field{"info", Type::text, "what the listing tells behind the addresses"},
};

enum Own : std::size_t {
    number,
    time,
    epoch,
    interface,
    captured,
    length,
    protocol,
    protocols,
    source,
    destination,
    source_port,
    destination_port,
    info
};

std::string_view name_of(packet::Protocol protocol) { return packet::dissector(protocol).name; }

void put_time(const Item& item, report::Calendar& calendar, Text& out) {
    calendar.rfc3339(item.record.time.seconds, item.record.time.nanoseconds, item.record.precision, out);
}

void put_interface(const Item& item, Text& out) {
    if (item.interface.empty())
        out.number(item.record.interface);
    else
        out.put(item.interface);
}

/// An address outside a packet's bytes never stands in has_addresses; written without going through Address.
void put_address(const packet::Packet& packet, std::uint32_t offset, Text& out) {
    const Bytes at = packet.data.subspan(offset);
    if (packet.family == Family::v4) {
        out.ipv4(static_cast<std::uint32_t>(at[0]) << 24U | static_cast<std::uint32_t>(at[1]) << 16U |
                 static_cast<std::uint32_t>(at[2]) << 8U | at[3]);
    } else {
        out.ipv6(at.first<16>());
    }
}

/// Keeps the values of one field.
class Collector final : public packet::FieldSink {
  public:
    Collector(unsigned field, packet::FieldType type, report::List& values)
        : field_(field), type_(type), values_(values) {}
    void put(unsigned field, const packet::FieldValue& value, std::size_t, std::size_t) override {
        if (field == field_) values_.push_back(to_value(type_, value));
    }
    void open(unsigned field, std::string_view text, std::size_t, std::size_t) override {
        if (field == field_) values_.emplace_back(text);
    }
    void close() override {}

  private:
    unsigned field_;
    packet::FieldType type_;
    report::List& values_;
};

}  // namespace

const report::RecordType packet_record_type{"packet", "one captured packet", record_fields};

Result<RecordWriter> RecordWriter::make(const std::vector<std::string>& fields, bool layers) {
    RecordWriter writer;
    writer.layers_ = layers;
    writer.all_ = fields.empty();
    for (const std::string& name : fields) {
        Column column;
        for (std::size_t i = 0; i < record_fields.size(); ++i)
            if (record_fields[i].name == name) column.own = i;
        Type type = column.own == no_field ? Type::list : record_fields[column.own].type;
        if (column.own == no_field) {
            for (const packet::FieldRef& found : packet::find_fields(name))
                column.where.emplace_back(found.dissector->protocol, found.field);
            if (column.where.empty()) {
                std::vector<std::string_view> known;
                for (const packet::Dissector* one : packet::all_dissectors())
                    for (const packet::FieldInfo& field : one->fields) known.push_back(field.name);
                return fail(Status::usage, "no field", "'" + name + "'", {}, report::did_you_mean(name, known));
            }
        }
        writer.columns_.push_back(std::move(column));
        writer.fields_.push_back({writer.names_.emplace_back(name), type, {}});
    }
    if (writer.all_) {
        writer.fields_.assign(record_fields.begin(), record_fields.end());
        for (std::size_t i = 0; i < record_fields.size(); ++i) writer.columns_.push_back({.own = i, .where = {}});
        if (layers) {
            writer.fields_.push_back({"layers", Type::list, "every field of every layer"});
            writer.columns_.push_back({});
        }
    }
    return writer;
}

void RecordWriter::write(const Item& item, report::Output& out) {
    if (all_ && out.format() == report::Format::json) {
        write_json(item, out.text());
        out.line_done();
        return;
    }
    const report::RecordType type{packet_record_type.name, packet_record_type.doc, fields_};
    report::Record record(type);
    for (std::size_t i = 0; i < columns_.size(); ++i)
        record[i] = columns_[i].own == no_field ? field_value(item, columns_[i]) : own_value(item, columns_[i].own);
    out.write(record);
}

/// The record in JSON, in the order of its fields: the fast path.
void RecordWriter::write_json(const Item& item, Text& out) {
    out.put(R"({"type":"packet","number":)");
    out.number(item.number);
    if (item.record.has_time) {
        out.put(R"(,"time":")");
        put_time(item, calendar_, out);
        out.put(R"(","epoch":)");
        put_epoch(item.record, out);
    } else {
        out.put(R"(,"time":null,"epoch":null)");
    }
    out.put(R"(,"interface":)");
    if (item.interface.empty()) {
        out.put('"');
        out.number(item.record.interface);
        out.put('"');
    } else {
        out.json(item.interface);
    }
    out.put(R"(,"captured_bytes":)");
    out.number(item.record.data.size());
    out.put(R"(,"length_bytes":)");
    out.number(item.record.length);
    out.put(R"(,"protocol":")");
    out.put(name_of(item.packet.highest()));
    out.put(R"(","protocols":[)");
    bool first = true;
    for (const packet::Layer& layer : item.packet.layers()) {
        out.put(first ? "\"" : ",\"");
        out.put(name_of(layer.protocol));
        out.put('"');
        first = false;
    }
    if (item.packet.has_addresses) {
        out.put(R"(],"source":")");
        put_address(item.packet, item.packet.source_offset, out);
        out.put(R"(","destination":")");
        put_address(item.packet, item.packet.destination_offset, out);
        out.put('"');
    } else {
        out.put(R"(],"source":null,"destination":null)");
    }
    if (item.packet.has_ports) {
        out.put(R"(,"source_port":)");
        out.number(item.packet.source_port);
        out.put(R"(,"destination_port":)");
        out.number(item.packet.destination_port);
    } else {
        out.put(R"(,"source_port":null,"destination_port":null)");
    }
    out.put(R"(,"info":)");
    info_.clear();
    put_summary(item.packet, info_);
    out.json(info_.view());
    if (layers_) {
        out.put(R"(,"layers":)");
        layers_value(item.packet).write_json(out);
    }
    out.put("}\n");
}

report::Value RecordWriter::own_value(const Item& item, std::size_t field) {
    const packet::Packet& packet = item.packet;
    Text text;
    switch (static_cast<Own>(field)) {
        case number:
            return item.number;
        case time:
            if (!item.record.has_time) return {};
            put_time(item, calendar_, text);
            return text.view();
        case epoch:
            if (!item.record.has_time) return {};
            put_epoch(item.record, text);
            return report::Value::big(text.take());
        case interface:
            put_interface(item, text);
            return text.view();
        case captured:
            return item.record.data.size();
        case length:
            return item.record.length;
        case protocol:
            return name_of(packet.highest());
        case protocols: {
            report::List list;
            for (const packet::Layer& layer : packet.layers()) list.emplace_back(name_of(layer.protocol));
            return list;
        }
        case source:
        case destination:
            if (!packet.has_addresses) return {};
            put_address(packet, field == source ? packet.source_offset : packet.destination_offset, text);
            return text.view();
        case source_port:
            return packet.has_ports ? report::Value(unsigned{packet.source_port}) : report::Value();
        case destination_port:
            return packet.has_ports ? report::Value(unsigned{packet.destination_port}) : report::Value();
        case info:
            put_summary(packet, text);
            return text.view();
    }
    return {};
}

/// Null where the packet has no such field, the value where it has one, a list where it has several.
report::Value RecordWriter::field_value(const Item& item, const Column& column) const {
    if (column.where.empty()) return layers_value(item.packet);
    report::List values;
    for (const packet::Layer& layer : item.packet.layers()) {
        for (const auto& [protocol, field] : column.where) {
            if (layer.protocol != protocol) continue;
            const packet::Dissector& dissector = packet::dissector(protocol);
            Collector collector(field, dissector.fields[field].type, values);
            dissector.visit(item.packet, layer, collector);
        }
    }
    if (values.empty()) return {};
    if (values.size() == 1) return std::move(values.front());
    return values;
}

}  // namespace fid::cmd::sniff
