// SPDX-License-Identifier: MIT
// Records what libcurl's connections carry: the plaintext, because libcurl owns the sockets, under their true
// addresses.
#pragma once

#include <curl/curl.h>

#include <map>
#include <string>

#include "report/text.h"
#include "transport/recorder.h"
#include "transport/socket_address.h"

namespace fid::transfer {

class Tap {
  public:
    explicit Tap(transport::Recorder& recorder) : recorder_(recorder) {}
    /// Has `easy` tell of its sockets. The tap must live longer than the connections.
    void watch(CURL* easy);
    /// What CURLOPT_DEBUGFUNCTION tells.
    void trace(CURL* easy, curl_infotype type, Bytes bytes);

  private:
    struct Connection {
        transport::SocketAddress remote;
        transport::Flow flow;
        std::string local;  ///< "192.0.2.1:49152", once it is connected
    };
    Connection* of(CURL* easy);
    static curl_socket_t opened(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int closed(void* self, curl_socket_t socket);

    transport::Recorder& recorder_;
    std::map<curl_socket_t, Connection> connections_;
};

}  // namespace fid::transfer
