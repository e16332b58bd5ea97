#include "telemetry/snapshot_json.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "telemetry/verdict_texts.h"

namespace fz::telemetry {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using rapidjson::Value;

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kMaxWorkers = 1024;

constexpr std::array<std::string_view, 2> kPortalStates{"connecting", "joined"};
constexpr std::array<std::string_view, 3> kDoors{"sockets", "native", "generic"};

/// Of a page that somebody else wrote: any number may stand there.
template <std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, std::size_t i) {
    return i < N ? names[i] : "unknown";
}

// What each structure consists of, for writing and for reading alike.

template <typename Facts, typename Field>
void fields_of_gateway(Facts& facts, Field field) {
    field("version", facts.version);
    field("process", facts.process);
    field("started_at_ns", facts.started_at_ns);
    field("updated_at_ns", facts.updated_at_ns);
    field("cycles_per_ms", facts.cycles_per_ms);
    field("portal", facts.portal);
    field("portal_since_ns", facts.portal_since_ns);
    field("relays", facts.relays);
    field("relays_usable", facts.relays_usable);
    field("peers_direct", facts.peers_direct);
    field("peers_relayed", facts.peers_relayed);
    field("peers_connecting", facts.peers_connecting);
    field("io_errors", facts.io_errors);
    field("sockets", facts.sockets);
    field("aead", facts.aead);
    field("datapath", facts.datapath);
    field("tun_offloads", facts.tun_offloads);
}

template <typename Interface, typename Field>
void fields_of_interface(Interface& interface, Field field) {
    field("name", interface.name);
    field("door", interface.door);
    field("zero_copy", interface.zero_copy);
    field("queues", interface.queues);
    field("why", interface.why);
}

template <typename Ring, typename Field>
void fields_of_ring(Ring& ring, Field field) {
    field("interface", ring.interface);
    field("queue", ring.queue);
    field("worker", ring.worker);
    field("zero_copy", ring.zero_copy);
    field("rx_dropped", ring.rx_dropped);
    field("rx_ring_full", ring.rx_ring_full);
    field("fill_ring_empty", ring.fill_ring_empty);
}

template <typename Direction, typename Field>
void fields_of_direction(Direction& direction, Field field) {
    field("received", direction.received);
    field("received_bytes", direction.received_bytes);
    field("delivered", direction.delivered);
    field("delivered_bytes", direction.delivered_bytes);
}

template <typename Worker, typename Field>
void fields_of_worker(Worker& worker, Field field) {
    field("icmp_answers", worker.packets.icmp_answers);
    field("keepalives", worker.packets.keepalives);
    field("guard_contended", worker.packets.guard_contended);
    field("tun_writes", worker.tun_writes.writes);
    field("tun_packets", worker.tun_writes.packets);
    field("tun_replaced_acks", worker.tun_writes.replaced);
    field("tun_refused", worker.tun_writes.refused);
    field("socket_batches", worker.from_sockets.batches);
    field("socket_packets", worker.from_sockets.packets);
    field("ring_batches", worker.from_rings.batches);
    field("ring_packets", worker.from_rings.packets);
    field("tun_batches", worker.from_tun.batches);
    field("tun_super_packets", worker.from_tun.packets);
    field("turns", worker.turns);
    field("sleeps", worker.sleeps);
    field("asleep_ns", worker.asleep_ns);
    field("looking_ns", worker.looking_ns);
    field("rests_since_ns", worker.rests_since_ns);
    field("cpu", worker.cpu);
    field("buffers", worker.buffers);
    field("buffers_wanted", worker.buffers_wanted);
    field("batch_sizes", worker.batch_sizes.counts);
    field("batch_sizes_sum", worker.batch_sizes.sum);
    field("turn_us", worker.turn_us.counts);
    field("turn_us_sum", worker.turn_us.sum);
}

/// Writes the members of an object that was begun.
class Members {
  public:
    explicit Members(Writer& writer) noexcept : writer_(writer) {}

    void operator()(std::string_view name, std::uint64_t number) const {
        key(name);
        writer_.Uint64(number);
    }
    template <std::size_t N>
    void operator()(std::string_view name, const Text<N>& text) const {
        key(name);
        string(text.view());
    }
    void operator()(std::string_view name, PortalState state) const {
        key(name);
        string(name_in(kPortalStates, static_cast<std::size_t>(state)));
    }
    void operator()(std::string_view name, DoorKind door) const {
        key(name);
        string(name_in(kDoors, static_cast<std::size_t>(door)));
    }
    template <std::size_t N>
    void operator()(std::string_view name, const std::array<std::uint64_t, N>& numbers) const {
        key(name);
        writer_.StartArray();
        for (const std::uint64_t number : numbers) writer_.Uint64(number);
        writer_.EndArray();
    }
    void key(std::string_view name) const {
        writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    }
    void string(std::string_view text) const {
        writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }

  private:
    Writer& writer_;
};

void write_direction(Writer& writer, std::string_view name,
                     const dataplane::DirectionCounters& direction) {
    const Members members(writer);
    members.key(name);
    writer.StartObject();
    fields_of_direction(direction, members);
    members.key("drops");
    writer.StartObject();
    for (std::size_t i = 0; i < dataplane::kDropCount; ++i)
        members(dataplane::kDropTexts[i].name, direction.drops[i]);
    writer.EndObject();
    writer.EndObject();
}

void write_ring(Writer& writer, const RingFacts& ring) {
    const Members members(writer);
    writer.StartObject();
    fields_of_ring(ring, members);
    members.key("frames");
    writer.StartObject();
    for (std::size_t i = 0; i < kVerdictTexts.size(); ++i)
        members(kVerdictTexts[i].name, ring.frames[i]);
    writer.EndObject();
    writer.EndObject();
}

/// Reads the members of an object; what is missing or of another kind stays as it is.
class Reader {
  public:
    explicit Reader(const Value& object) noexcept : object_(object) {}

    [[nodiscard]] const Value* find(std::string_view name) const {
        if (!object_.IsObject()) return nullptr;
        const auto found =
            object_.FindMember(Value(rapidjson::StringRef(name.data(), name.size())));
        return found == object_.MemberEnd() ? nullptr : &found->value;
    }
    void operator()(std::string_view name, std::uint64_t& number) const {
        const Value* value = find(name);
        if (value != nullptr && value->IsUint64()) number = value->GetUint64();
    }
    template <std::size_t N>
    void operator()(std::string_view name, Text<N>& text) const {
        text = string(name);
    }
    void operator()(std::string_view name, PortalState& state) const {
        choose(kPortalStates, name, state);
    }
    void operator()(std::string_view name, DoorKind& door) const { choose(kDoors, name, door); }
    template <std::size_t N>
    void operator()(std::string_view name, std::array<std::uint64_t, N>& numbers) const {
        const Value* value = find(name);
        if (value == nullptr || !value->IsArray()) return;
        for (rapidjson::SizeType i = 0; i < std::min<std::size_t>(N, value->Size()); ++i)
            if ((*value)[i].IsUint64()) numbers[i] = (*value)[i].GetUint64();
    }

  private:
    [[nodiscard]] std::string_view string(std::string_view name) const {
        const Value* value = find(name);
        if (value == nullptr || !value->IsString()) return {};
        return {value->GetString(), value->GetStringLength()};
    }
    template <std::size_t N, typename Choice>
    void choose(const std::array<std::string_view, N>& names, std::string_view name,
                Choice& choice) const {
        const auto found = std::find(names.begin(), names.end(), string(name));
        if (found != names.end()) choice = static_cast<Choice>(found - names.begin());
    }

    const Value& object_;
};

void read_direction(const Reader& worker, std::string_view name,
                    dataplane::DirectionCounters& direction) {
    const Value* object = worker.find(name);
    if (object == nullptr) return;
    const Reader reader(*object);
    fields_of_direction(direction, reader);
    if (const Value* causes_found = reader.find("drops")) {
        const Reader causes(*causes_found);
        for (std::size_t i = 0; i < dataplane::kDropCount; ++i)
            causes(dataplane::kDropTexts[i].name, direction.drops[i]);
    }
}

RingFacts read_ring(const Value& object) {
    RingFacts ring;
    const Reader reader(object);
    fields_of_ring(ring, reader);
    if (const Value* frames = reader.find("frames")) {
        const Reader verdicts(*frames);
        for (std::size_t i = 0; i < kVerdictTexts.size(); ++i)
            verdicts(kVerdictTexts[i].name, ring.frames[i]);
    }
    return ring;
}

/// Calls `each` with the objects of an array, at most `most` of them; returns how many there were.
template <typename Each>
std::size_t read_array(const Reader& reader, std::string_view name, std::size_t most, Each each) {
    const Value* array = reader.find(name);
    if (array == nullptr || !array->IsArray()) return 0;
    const auto count = std::min<std::size_t>(array->Size(), most);
    for (std::size_t i = 0; i < count; ++i) each((*array)[static_cast<rapidjson::SizeType>(i)], i);
    return count;
}

}  // namespace

std::string to_json(const Snapshot& snapshot) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    const Members members(writer);
    const GatewayFacts& facts = snapshot.facts;
    writer.StartObject();
    members("format", kFormat);
    members("taken_at_ns",
            static_cast<std::uint64_t>(snapshot.taken_at.time_since_epoch().count()));
    members.key("gateway");
    writer.StartObject();
    fields_of_gateway(facts, members);
    writer.EndObject();
    members.key("interfaces");
    writer.StartArray();
    for (std::size_t i = 0; i < std::min(facts.interface_count, facts.interfaces.size()); ++i) {
        writer.StartObject();
        fields_of_interface(facts.interfaces[i], members);
        writer.EndObject();
    }
    writer.EndArray();
    members.key("rings");
    writer.StartArray();
    for (std::size_t i = 0; i < std::min(facts.ring_count, facts.rings.size()); ++i)
        write_ring(writer, facts.rings[i]);
    writer.EndArray();
    members.key("workers");
    writer.StartArray();
    for (const WorkerFigures& worker : snapshot.workers) {
        writer.StartObject();
        write_direction(writer, "to_resource", worker.packets.to_resource);
        write_direction(writer, "to_client", worker.packets.to_client);
        fields_of_worker(worker, members);
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

Expected<Snapshot> from_json(std::string_view text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
    if (document.HasParseError()) return Unexpected{Error("this is no JSON document")};
    const Reader reader(document);
    std::uint64_t format = 0, taken_at = 0;
    reader("format", format);
    reader("taken_at_ns", taken_at);
    const Value* gateway = reader.find("gateway");
    if (format != kFormat || gateway == nullptr)
        return Unexpected{Error("this is not what `fz-stat --json` of this version prints")};
    Snapshot snapshot;
    snapshot.taken_at = Instant(Duration(static_cast<Duration::rep>(taken_at)));
    GatewayFacts& facts = snapshot.facts;
    fields_of_gateway(facts, Reader(*gateway));
    facts.interface_count = read_array(
        reader, "interfaces", facts.interfaces.size(),
        [&](const Value& each, auto i) { fields_of_interface(facts.interfaces[i], Reader(each)); });
    facts.ring_count =
        read_array(reader, "rings", facts.rings.size(),
                   [&](const Value& each, auto i) { facts.rings[i] = read_ring(each); });
    read_array(reader, "workers", kMaxWorkers, [&](const Value& each, auto) {
        WorkerFigures& worker = snapshot.workers.emplace_back();
        const Reader members(each);
        read_direction(members, "to_resource", worker.packets.to_resource);
        read_direction(members, "to_client", worker.packets.to_client);
        fields_of_worker(worker, members);
    });
    return snapshot;
}

}  // namespace fz::telemetry
