// SPDX-License-Identifier: MIT
#include "sockets/netlink.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "sockets/messages.h"

namespace fid::sockets {
namespace {

template <class T>
void append(std::vector<std::uint8_t>& bytes, const T& value) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
    bytes.insert(bytes.end(), begin, begin + sizeof(value));
}

void append_inet(std::vector<std::uint8_t>& bytes, const Question& question) {
    inet_diag_req_v2 request{};
    request.sdiag_family = question.family == Family::v4 ? AF_INET : AF_INET6;
    request.sdiag_protocol = question.kind == Kind::tcp ? IPPROTO_TCP : IPPROTO_UDP;
    if (question.kind == Kind::raw) request.sdiag_protocol = IPPROTO_RAW;
    request.idiag_states = question.states;
    if (question.info) request.idiag_ext = (1U << (INET_DIAG_INFO - 1)) | (1U << (INET_DIAG_CONG - 1));
    append(bytes, request);
    if (question.bytecode.empty()) return;
    nlattr attribute{};
    attribute.nla_type = INET_DIAG_REQ_BYTECODE;
    attribute.nla_len = static_cast<std::uint16_t>(sizeof(attribute) + question.bytecode.size());
    append(bytes, attribute);
    bytes.insert(bytes.end(), question.bytecode.begin(), question.bytecode.end());
}

void append_unix(std::vector<std::uint8_t>& bytes, const Question& question) {
    unix_diag_req request{};
    request.sdiag_family = AF_UNIX;
    request.udiag_states = question.states;
    request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
    append(bytes, request);
}

void append_netlink(std::vector<std::uint8_t>& bytes) {
    netlink_diag_req request{};
    request.sdiag_family = AF_NETLINK;
    request.sdiag_protocol = NDIAG_PROTO_ALL;
    request.ndiag_show = NDIAG_SHOW_MEMINFO;
    append(bytes, request);
}

void append_packet(std::vector<std::uint8_t>& bytes) {
    packet_diag_req request{};
    request.sdiag_family = AF_PACKET;
    request.pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO;
    append(bytes, request);
}

/// What kernels say that have no dump for a kind of socket: the module is missing, or a sandbox answers for it.
bool means_unavailable(int error) {
    return error == ENOENT || error == EINVAL || error == EOPNOTSUPP || error == EPROTONOSUPPORT ||
           error == EAFNOSUPPORT || error == EPERM || error == EACCES;
}

/// The error number in the message that ends a dump, 0 where it went well.
int ending_error(const Message& message) {
    std::int32_t code = 0;
    if (message.payload.size() >= sizeof(code)) std::memcpy(&code, message.payload.data(), sizeof(code));
    return -code;
}

}  // namespace

Result<DiagSocket> DiagSocket::open() {
    transport::Descriptor descriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!descriptor.valid()) return fail_errno(Status::cannot_read, "cannot open", "a sock_diag netlink socket", errno);
    return DiagSocket(std::move(descriptor));
}

Result<void> DiagSocket::send(const Question& question) {
    std::vector<std::uint8_t> bytes(sizeof(nlmsghdr));
    switch (question.kind) {
        case Kind::unix_domain:
            append_unix(bytes, question);
            break;
        case Kind::netlink:
            append_netlink(bytes);
            break;
        case Kind::packet:
            append_packet(bytes);
            break;
        default:
            append_inet(bytes, question);
            break;
    }
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(bytes.size());
    header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header.nlmsg_seq = ++sequence_;
    std::memcpy(bytes.data(), &header, sizeof(header));
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (::sendto(descriptor_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
                 sizeof(kernel)) < 0)
        return fail_errno(Status::cannot_read, "cannot ask", "the kernel for its sockets", errno);
    return {};
}

Result<Answer> DiagSocket::receive(Kind kind, std::vector<Socket>& sockets) {
    bool interrupted = false;
    for (;;) {
        const auto size = ::recv(descriptor_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail_errno(Status::cannot_read, "cannot read", "the kernel's list of sockets", errno);
        if (static_cast<std::size_t>(size) > buffer_.size())
            return fail(Status::truncated, "cannot read", "the kernel's list of sockets", "a message is too large");
        Bytes rest(buffer_.data(), static_cast<std::size_t>(size));
        for (Message message; next_message(rest, message);) {
            interrupted = interrupted || (message.flags & NLM_F_DUMP_INTR) != 0;
            if (message.type == NLMSG_DONE || message.type == NLMSG_ERROR) {
                const int error = ending_error(message);
                if (error == 0) return interrupted ? Answer::interrupted : Answer::complete;
                if (means_unavailable(error)) return Answer::unavailable;
                return fail_errno(Status::cannot_read, "cannot read", "the kernel's list of sockets", error);
            }
            if (message.type != SOCK_DIAG_BY_FAMILY) continue;
            if (auto socket = read_answer(kind, message.payload)) sockets.push_back(std::move(*socket));
        }
    }
}

Result<Answer> DiagSocket::ask(const Question& question, std::vector<Socket>& sockets) {
    const std::size_t before = sockets.size();
    Answer answer = Answer::interrupted;
    for (unsigned i = 0; i < tries && answer == Answer::interrupted; ++i) {
        sockets.resize(before);
        if (const auto sent = send(question); !sent) return std::unexpected(sent.error());
        const auto received = receive(question.kind, sockets);
        if (!received) return received;
        answer = *received;
    }
    if (answer != Answer::unavailable || question.bytecode.empty()) return answer;
    // An old kernel may lack one of the instructions: what it does not leave out we leave out ourselves.
    Question plain = question;
    plain.bytecode = {};
    return ask(plain, sockets);
}

}  // namespace fid::sockets
