# SPDX-License-Identifier: MIT
"""What tshark_fields.py compares: per protocol, fid's fields and tshark's.

An entry is FIELD[=PEER[+PEER...]][:NORMALISER]. Without "=" both call it the same; "+" joins the values of several
of the peer's fields, in this order. NORMALISER names a function of tshark_fields.py.
"""

FIELDS = {
    "ethernet": "ethernet.dst=eth.dst ethernet.src=eth.src ethernet.type=eth.type ethernet.len=eth.len",
    "vlan": """
        vlan.id=ieee8021ad.id+vlan.id vlan.priority=ieee8021ad.priority+vlan.priority
        vlan.dei=ieee8021ad.dei+vlan.dei vlan.etype""",
    "llc": "llc.dsap llc.ssap llc.control snap.oui=llc.oui",
    "arp": """
        arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode arp.src.hw_mac arp.src.proto_ipv4
        arp.dst.hw_mac arp.dst.proto_ipv4""",
    "sll": "sll.pkttype sll.hatype sll.halen sll.etype",
    "null": "null.family",
    "mpls": "mpls.label mpls.exp mpls.bottom mpls.ttl",
    "ppp": "ppp.address ppp.control ppp.protocol ppp.code ppp.identifier ppp.length",
    "pppoe": "pppoe.code pppoe.session_id pppoe.payload_length",
    "chdlc": "chdlc.address chdlc.protocol",
    "stp": """
        stp.version stp.type stp.flags stp.root.prio stp.root.hw stp.root.cost stp.bridge.prio stp.bridge.hw
        stp.port stp.msg_age:of_256 stp.max_age:of_256 stp.hello:of_256 stp.forward:of_256
        mstp.config_name:nul_padded mstp.config_digest""",
    "lldp": """
        lldp.tlv.type lldp.tlv.len lldp.chassis.subtype lldp.port.subtype lldp.time_to_live lldp.tlv.system.name
        lldp.tlv.system.desc lldp.port.desc lldp.orgtlv.oui lldp.chassis.id.mac lldp.tlv.system_cap
        lldp.tlv.enable_system_cap""",
    "cdp": """
        cdp.version cdp.ttl cdp.tlv.type cdp.tlv.len cdp.deviceid cdp.platform cdp.portid cdp.native_vlan
        cdp.software_version:lines cdp.capabilities cdp.duplex""",
    "lacp": """
        lacp.version lacp.key=lacp.actor.key+lacp.partner.key lacp.port=lacp.actor.port+lacp.partner.port
        lacp.system=lacp.actor.sysid+lacp.partner.sysid lacp.state=lacp.actor.state+lacp.partner.state""",
    "ieee80211": """
        ieee80211.fc.type=wlan.fc.type ieee80211.fc.subtype=wlan.fc.subtype ieee80211.flags=wlan.flags
        ieee80211.duration=wlan.duration ieee80211.ra=wlan.ra ieee80211.ta=wlan.ta ieee80211.seq=wlan.seq
        ieee80211.frag=wlan.frag ieee80211.tag.number=wlan.tag.number ieee80211.tag.length=wlan.tag.length
        ieee80211.ssid=wlan.ssid:text ieee80211.fixed.beacon=wlan.fixed.beacon
        ieee80211.fixed.timestamp=wlan.fixed.timestamp ieee80211.fixed.capabilities=wlan.fixed.capabilities
        ieee80211.fixed.reason_code=wlan.fixed.reason_code ieee80211.fixed.status_code=wlan.fixed.status_code
        ieee80211.fixed.aid=wlan.fixed.aid ieee80211.qos=wlan.qos
        ieee80211.ds.current_channel=wlan.ds.current_channel""",
    "radiotap": """
        radiotap.length radiotap.present=radiotap.present.word radiotap.mactime radiotap.channel.freq
        radiotap.channel.flags radiotap.dbm_antsignal:text radiotap.dbm_antnoise:text radiotap.antenna
        radiotap.db_antsignal""",
    "eapol": "eapol.version eapol.type eapol.len eap.code eap.id eap.len eap.type eap.identity",
    "ip": """
        ip.hdr_len ip.dscp=ip.dsfield.dscp ip.ecn=ip.dsfield.ecn ip.len ip.id ip.flags.df ip.flags.mf
        ip.frag_offset:times_8 ip.ttl ip.proto ip.checksum ip.src ip.dst ip.option.type=ip.opt.type""",
    "ip6": """
        ip6.version=ipv6.version ip6.tclass=ipv6.tclass ip6.flow=ipv6.flow ip6.plen=ipv6.plen ip6.nxt=ipv6.nxt
        ip6.hlim=ipv6.hlim ip6.src=ipv6.src ip6.dst=ipv6.dst ip6_fragment.id=ipv6.fraghdr.ident
        ip6_fragment.offset=ipv6.fraghdr.offset ip6_fragment.more=ipv6.fraghdr.more ip6_hop.nxt=ipv6.hopopts.nxt
        ip6_destination.nxt=ipv6.dstopts.nxt ip6_route.type=ipv6.routing.type ip6_route.segleft=ipv6.routing.segleft""",
    "icmp": """
        icmp.type icmp.code icmp.checksum icmp.id=icmp.ident icmp.seq icmp.mtu icmp.gateway=icmp.redir_gw
        icmp.mask=icmp.address_mask icmp.router=icmp.router_address icmp.lifetime""",
    "icmp6": """
        icmp6.type=icmpv6.type icmp6.code=icmpv6.code icmp6.checksum=icmpv6.checksum icmp6.id=icmpv6.echo.identifier
        icmp6.seq=icmpv6.echo.sequence_number icmp6.mtu=icmpv6.mtu
        icmp6.nd.target=icmpv6.nd.ns.target_address+icmpv6.nd.na.target_address+icmpv6.nd.rd.target_address
        icmp6.option.type=icmpv6.opt.type icmp6.option.len=icmpv6.opt.length
        icmp6.option.link_address=icmpv6.opt.linkaddr icmp6.option.prefix=icmpv6.opt.prefix
        icmp6.option.prefix_length=icmpv6.opt.prefix.length icmp6.option.valid=icmpv6.opt.prefix.valid_lifetime
        icmp6.option.preferred=icmpv6.opt.prefix.preferred_lifetime icmp6.nd.hlim=icmpv6.nd.ra.cur_hop_limit
        icmp6.nd.lifetime=icmpv6.nd.ra.router_lifetime icmp6.nd.reachable=icmpv6.nd.ra.reachable_time
        icmp6.nd.retransmit=icmpv6.nd.ra.retrans_timer icmp6.nd.router=icmpv6.nd.na.flag.r
        icmp6.nd.solicited=icmpv6.nd.na.flag.s icmp6.nd.override=icmpv6.nd.na.flag.o
        icmp6.mld.record.type=icmpv6.mldr.mar.record_type icmp6.option.server=icmpv6.opt.rdnss
        icmp6.option.search=icmpv6.opt.dnssl""",
    "igmp": "igmp.type igmp.max_resp igmp.checksum igmp.record.type=igmp.record_type",
    "gre": """
        gre.flags=gre.flags_and_version:without_version gre.proto gre.checksum gre.seq=gre.sequence_number
        gre.ack=gre.ack_number""",
    "vxlan": "vxlan.flags:high_byte vxlan.vni",
    "geneve": "geneve.version geneve.vni geneve.proto=geneve.proto_type geneve.option.class=geneve.option.class",
    "gtp": "gtp.flags gtp.type=gtp.message gtp.length gtp.teid gtp.seq=gtp.seq_number",
    "l2tp": """
        l2tp.flags=l2tp.flags l2tp.version l2tp.tunnel l2tp.session l2tp.ns=l2tp.Ns l2tp.nr=l2tp.Nr l2tp.avp.type""",
    "ah": "ah.nxt=ah.next_header ah.len=ah.length ah.spi ah.seq=ah.sequence ah.icv",
    "esp": "esp.spi esp.seq=esp.sequence",
    "tcp": """
        tcp.sport=tcp.srcport tcp.dport=tcp.dstport tcp.seq=tcp.seq_raw tcp.ack=tcp.ack_raw tcp.hdr_len tcp.flags
        tcp.window=tcp.window_size_value tcp.checksum tcp.urgent=tcp.urgent_pointer tcp.len
        tcp.option.kind=tcp.option_kind tcp.option.mss=tcp.options.mss_val
        tcp.option.wscale=tcp.options.wscale.shift tcp.option.sack_left=tcp.options.sack_le
        tcp.option.sack_right=tcp.options.sack_re tcp.option.ts_value=tcp.options.timestamp.tsval
        tcp.option.ts_echo=tcp.options.timestamp.tsecr tcp.option.mptcp_subtype=tcp.options.mptcp.subtype
        tcp.option.tfo_cookie=tcp.options.tfo.cookie""",
    "udp": "udp.sport=udp.srcport udp.dport=udp.dstport udp.len=udp.length udp.checksum",
    "sctp": """
        sctp.sport=sctp.srcport sctp.dport=sctp.dstport sctp.tag=sctp.verification_tag sctp.checksum
        sctp.chunk.type=sctp.chunk_type sctp.chunk.flags=sctp.chunk_flags sctp.chunk.len=sctp.chunk_length
        sctp.tsn=sctp.data_tsn_raw sctp.stream=sctp.data_sid sctp.ppid=sctp.data_payload_proto_id
        sctp.init_tag=sctp.init_initiate_tag+sctp.initack_initiate_tag""",
    "dccp": """
        dccp.sport=dccp.srcport dccp.dport=dccp.dstport dccp.type dccp.checksum dccp.seq=dccp.seq_raw
        dccp.ack=dccp.ack_raw dccp.offset=dccp.data_offset:times_4""",
    "dns": """
        dns.id dns.flags dns.opcode=dns.flags.opcode dns.rcode=dns.flags.rcode dns.flags.response
        dns.count.queries=dns.count.queries+dns.count.zones
        dns.count.answers=dns.count.answers+dns.count.prerequisites
        dns.count.auth_rr=dns.count.auth_rr+dns.count.updates dns.count.add_rr
        dns.name=dns.qry.name+dns.resp.name:name dns.type=dns.qry.type+dns.resp.type dns.ttl=dns.resp.ttl
        dns.rdlength=dns.resp.len dns.a dns.aaaa dns.cname:name dns.ns:name dns.ptr=dns.ptr.domain_name:name
        dns.mx=dns.mx.mail_exchange:name dns.mx.preference dns.soa.mname:name dns.soa.rname:name
        dns.soa.serial=dns.soa.serial_number dns.soa.minimum=dns.soa.minimum_ttl dns.srv.port dns.srv.target:name
        dns.srv.priority dns.srv.weight dns.txt:text dns.rrsig.type=dns.rrsig.type_covered
        dns.rrsig.keytag=dns.rrsig.key_tag dns.ds.keytag=dns.ds.key_id dns.ds.digest dns.dnskey.flags dns.caa.tag
        dns.opt.size=dns.rr.udp_payload_size dns.opt.code dns.opt.cookie.client dns.opt.cookie.server
        dns.naptr.order dns.naptr.service dns.nsec.next=dns.nsec.next_domain_name:name
        dns.nsec3.salt=dns.nsec3.salt_value dns.hinfo.cpu dns.svcb.priority=dns.svcb.svcpriority
        dns.svcb.target=dns.svcb.targetname:name dns.svcb.key=dns.svcb.svcparam.key
        dns.svcb.alpn=dns.svcb.svcparam.alpn dns.svcb.ipv4hint=dns.svcb.svcparam.ipv4hint.ip
        dns.svcb.ipv6hint=dns.svcb.svcparam.ipv6hint.ip""",
    "nbns": """
        nbns.id nbns.flags nbns.opcode=nbns.flags.opcode nbns.count.queries nbns.count.answers nbns.count.auth_rr
        nbns.count.add_rr nbns.nb.address=nbns.addr nbns.type""",
    "dhcp": """
        dhcp.op=dhcp.type dhcp.htype=dhcp.hw.type dhcp.hlen=dhcp.hw.len dhcp.hops dhcp.id dhcp.secs dhcp.flags
        dhcp.ip.client dhcp.ip.your dhcp.ip.server dhcp.ip.relay dhcp.mac=dhcp.hw.mac_addr dhcp.cookie:dotted
        dhcp.file dhcp.option.type dhcp.option.length dhcp.type=dhcp.option.dhcp
        dhcp.requested_ip=dhcp.option.requested_ip_address dhcp.lease_time=dhcp.option.ip_address_lease_time
        dhcp.server_id=dhcp.option.dhcp_server_id dhcp.hostname=dhcp.option.hostname
        dhcp.vendor_class=dhcp.option.vendor_class_id dhcp.parameter=dhcp.option.request_list_item
        dhcp.mask=dhcp.option.subnet_mask dhcp.router=dhcp.option.router dhcp.dns=dhcp.option.domain_name_server
        dhcp.domain=dhcp.option.domain_name dhcp.renewal_time=dhcp.option.renewal_time_value
        dhcp.max_size=dhcp.option.dhcp_max_message_size""",
    "dhcp6": """
        dhcp6.msgtype=dhcpv6.msgtype dhcp6.xid=dhcpv6.xid dhcp6.hopcount=dhcpv6.hopcount
        dhcp6.linkaddr=dhcpv6.linkaddr dhcp6.peeraddr=dhcpv6.peeraddr dhcp6.option.type=dhcpv6.option.type
        dhcp6.option.length=dhcpv6.option.length dhcp6.duid=dhcpv6.duid.bytes dhcp6.iaid=dhcpv6.iaid:hex
        dhcp6.address=dhcpv6.iaaddr.ip dhcp6.t1=dhcpv6.iaid.t1 dhcp6.t2=dhcpv6.iaid.t2
        dhcp6.prefix=dhcpv6.iaprefix.pref_addr dhcp6.status=dhcpv6.status_code dhcp6.server=dhcpv6.dns_server
        dhcp6.requested_option=dhcpv6.requested_option_code dhcp6.elapsed=dhcpv6.elapsed_time:hundredths""",
    "ntp": """
        ntp.leap=ntp.flags.li ntp.version=ntp.flags.vn ntp.mode=ntp.flags.mode ntp.stratum ntp.poll=ntp.ppoll
        ntp.precision ntp.refid ntp.rootdelay:of_65536 ntp.rootdispersion:of_65536 ntp.reftime:ntp_time
        ntp.org:ntp_time ntp.rec:ntp_time ntp.xmt:ntp_time ntp.keyid""",
    "tftp": """
        tftp.opcode tftp.file=tftp.source_file+tftp.destination_file tftp.mode=tftp.type tftp.block tftp.error.code
        tftp.error.message tftp.option.name tftp.option.value""",
    "snmp": """
        snmp.version=snmp.version+snmp.msgVersion snmp.community snmp.request_id snmp.error=snmp.error_status
        snmp.error_index snmp.name snmp.generic_trap snmp.specific_trap snmp.enterprise snmp.agent=snmp.agent_addr
        snmp.msgid=snmp.msgID snmp.context=snmp.contextName snmp.engine=snmp.msgAuthoritativeEngineID snmp.value.oid
        snmp.uptime=snmp.time_stamp snmp.value.ipv4""",
    "radius": "radius.code radius.id radius.length radius.authenticator radius.attribute.type=radius.avp.type",
    "sip": """
        sip.method=sip.Method sip.status=sip.Status-Code sip.call_id=sip.Call-ID sip.uri=sip.r-uri sip.from=sip.From
        sip.to=sip.To sip.via=sip.Via sip.cseq=sip.CSeq sip.user_agent=sip.User-Agent sip.contact=sip.Contact
        sip.content_type=sip.Content-Type""",
    "rtp": "rtp.version rtp.p_type rtp.seq rtp.timestamp rtp.ssrc rtp.marker rtp.padding rtp.ext rtp.cc",
    "rtcp": "rtcp.version rtcp.pt rtcp.rc rtcp.length rtcp.ssrc=rtcp.senderssrc+rtcp.ssrc.identifier",
    "stun": """
        stun.type=stun.type+classicstun.type stun.length=stun.length+classicstun.length stun.cookie:hex
        stun.id=stun.id+classicstun.id stun.att.type=stun.att.type+classicstun.att.type stun.att.port stun.att.ipv4
        stun.att.ipv6
        stun.att.text=stun.att.software+stun.att.username+stun.att.realm+stun.att.nonce+stun.att.error.reason:set
        stun.att.error=stun.att.error.class+stun.att.error:error_code""",
    "coap": "coap.version coap.type coap.token_len coap.code coap.mid coap.token",
    "netflow": """
        netflow.version=cflow.version netflow.count=cflow.count netflow.sequence=cflow.sequence
        netflow.uptime=cflow.sysuptime:thousandths netflow.flow.src=cflow.srcaddr netflow.flow.dst=cflow.dstaddr
        netflow.flow.sport=cflow.srcport netflow.flow.dport=cflow.dstport netflow.flow.packets=cflow.packets
        netflow.flow.octets=cflow.octets netflow.set.id=cflow.flowset_id netflow.set.length=cflow.flowset_length
        netflow.source=cflow.source_id+cflow.od_id""",
    "syslog": "syslog.facility syslog.level",
    "rip": "rip.command rip.version rip.family rip.ip rip.netmask rip.next_hop rip.metric rip.route_tag",
    "tls": """
        tls.record.type=tls.record.content_type+tls.record.opaque_type tls.record.version tls.record.length
        tls.alert.level=tls.alert_message.level tls.alert.description=tls.alert_message.desc tls.handshake.type
        tls.handshake.version tls.handshake.length tls.random=tls.handshake.random
        tls.session_id=tls.handshake.session_id tls.ciphers=tls.handshake.ciphersuite:list@client
        tls.cipher=tls.handshake.ciphersuite@server tls.sni=tls.handshake.extensions_server_name
        tls.alpn=tls.handshake.extensions_alpn_str:list tls.extensions=tls.handshake.extension.type:list
        tls.groups=tls.handshake.extensions_supported_group:list
        tls.supported_versions=tls.handshake.extensions.supported_version:list
        tls.signature_algorithms=tls.handshake.sig_hash_alg:list
        tls.point_formats=tls.handshake.extensions_ec_point_format:octets tls.ja3=tls.handshake.ja3
        tls.ja3_full=tls.handshake.ja3_full tls.ja4=JA4@client tls.ja3s=tls.handshake.ja3s
        tls.ja3s_full=tls.handshake.ja3s_full tls.certificate=tls.handshake.certificate""",
    "quic": """
        quic.long=quic.header_form quic.version quic.dcid quic.scid quic.type=quic.long.packet_type quic.token
        quic.token_length quic.length quic.supported_version quic.sni=tls.handshake.extensions_server_name
        quic.ja3=tls.handshake.ja3 quic.ja3_full=tls.handshake.ja3_full quic.ja4=JA4
        quic.alpn=tls.handshake.extensions_alpn_str:list""",
    "ssh": """
        ssh.protocol ssh.packet_length ssh.padding_length ssh.message=ssh.message_code ssh.cookie ssh.kex_algorithms
        ssh.server_host_key_algorithms ssh.encryption_client_to_server=ssh.encryption_algorithms_client_to_server
        ssh.mac_client_to_server=ssh.mac_algorithms_client_to_server
        ssh.compression_client_to_server=ssh.compression_algorithms_client_to_server""",
    "wireguard": """
        wireguard.type=wg.type wireguard.sender=wg.sender wireguard.receiver=wg.receiver
        wireguard.ephemeral=wg.ephemeral wireguard.counter=wg.counter wireguard.nonce=wg.nonce""",
    "isakmp": """
        isakmp.ispi isakmp.rspi isakmp.version isakmp.exchange=isakmp.exchangetype isakmp.flags
        isakmp.message_id=isakmp.messageid isakmp.length""",
    "http": """
        http.method=http.request.method http.uri=http.request.uri http.host http.status=http.response.code
        http.user_agent:text http.server:text http.content_type:text http.content_length=http.content_length_header
        http.location http.referer http.cookie http.connection
        http.version=http.request.version+http.response.version:text http.reason=http.response.phrase:text
        http.transfer_encoding http.set_cookie http.authorization http.accept:text http.content_encoding
        http.x_forwarded_for http.upgrade""",
    "http2": "http2.type http2.length http2.flags http2.stream=http2.streamid",
    "websocket": "websocket.fin websocket.opcode websocket.masked=websocket.mask websocket.key=websocket.masking_key",
    "ftp": """
        ftp.command=ftp.request.command ftp.argument=ftp.request.arg+ftp.response.arg:text
        ftp.code=ftp.response.code""",
    "smtp": """
        smtp.command=smtp.req.command smtp.argument=smtp.req.parameter+smtp.rsp.parameter:text
        smtp.code=smtp.response.code""",
    "pop": """
        pop.command=pop.request.command pop.argument=pop.request.parameter+pop.response.description:text
        pop.status=pop.response.indicator""",
    "imap": "imap.tag=imap.request_tag+imap.response_tag imap.command=imap.request.command",
    "mysql": """
        mysql.length=mysql.packet_length mysql.sequence=mysql.packet_number mysql.query mysql.version mysql.user
        mysql.command mysql.error=mysql.error_code mysql.protocol""",
    "pgsql": "pgsql.type:text pgsql.length pgsql.query",
    "rtsp": "rtsp.method rtsp.uri=rtsp.url rtsp.status rtsp.session rtsp.transport rtsp.channel rtsp.length",
    "smb": """
        smb.command=smb.cmd+smb2.cmd smb.message_id=smb2.msg_id smb.tree_id=smb.tid+smb2.tid
        smb.status=smb.nt_status+smb2.nt_status smb.session_id=smb2.sesid""",
    "mqtt": "mqtt.type=mqtt.msgtype mqtt.length=mqtt.len mqtt.topic mqtt.client_id=mqtt.clientid",
    "ldap": "ldap.message_id=ldap.messageID ldap.operation=ldap.protocolOp",
    "modbus": """
        modbus.transaction=mbtcp.trans_id modbus.length=mbtcp.len modbus.unit=mbtcp.unit_id
        modbus.function=modbus.func_code modbus.exception=modbus.exception_code""",
    "dnp3": "dnp3.length=dnp3.len dnp3.control=dnp3.ctl dnp3.dst dnp3.src",
    "kerberos": "kerberos.type=kerberos.msg_type",
    "bittorrent": "bittorrent.info_hash bittorrent.peer_id:bytes",
    "socks": "socks.version",
    "rdp": "rdp.cookie=rdp.rt_cookie",
    "telnet": "telnet.command=telnet.cmd telnet.data",
    "bgp": """
        bgp.length bgp.type bgp.open.version bgp.open.myas bgp.open.holdtime bgp.open.identifier
        bgp.notify.major_error bgp.update.path_attribute.origin bgp.update.path_attribute.next_hop
        bgp.update.path_attribute.type_code bgp.update.path_attribute.local_pref
        bgp.update.path_attribute.multi_exit_disc bgp.update.withdrawn_routes.length
        bgp.update.path_attributes.length""",
    "ospf": """
        ospf.version ospf.msg ospf.packet_length ospf.srcrouter ospf.area_id ospf.checksum ospf.auth.type
        ospf.instance_id ospf.hello.network_mask ospf.hello.hello_interval ospf.hello.router_priority
        ospf.hello.router_dead_interval ospf.hello.designated_router ospf.hello.backup_designated_router
        ospf.hello.active_neighbor ospf.db.interface_mtu ospf.db.dd_sequence ospf.ls.number_of_lsas ospf.lsa.age
        ospf.lsa.id ospf.advrouter ospf.lsa.seqnum ospf.lsa.chksum ospf.lsa.length""",
    "vrrp": """
        vrrp.version vrrp.type vrrp.virt_rtr_id vrrp.prio vrrp.addr_count
        vrrp.adver_int=vrrp.adver_int+vrrp.short_adver_int vrrp.checksum vrrp.ip_addr vrrp.ipv6_addr""",
    "pim": """
        pim.version pim.type pim.cksum pim.option.type=pim.optiontype pim.option.length=pim.optionlength
        pim.numgroups pim.holdtime""",
    "eigrp": """
        eigrp.version eigrp.opcode eigrp.checksum eigrp.flags eigrp.seq eigrp.ack eigrp.vrid eigrp.as
        eigrp.tlv.type=eigrp.tlv_type eigrp.tlv.len""",
    "isis": """
        isis.irpd isis.len isis.version isis.sysid_len isis.type isis.max_area_adr isis.hello.circuit_type
        isis.hello.holding_timer isis.hello.priority isis.lsp.lsp_id:punctuated isis.lsp.sequence_number
        isis.lsp.checksum isis.lsp.remaining_life""",
    "hsrp": """
        hsrp.version=hsrp.version+hsrp2.version hsrp.opcode=hsrp.opcode+hsrp2.opcode
        hsrp.state=hsrp.state+hsrp2.state hsrp.group=hsrp.group+hsrp2.group hsrp.virt_ip=hsrp.virt_ip+hsrp2.virt_ip
        hsrp.priority=hsrp.priority+hsrp2.priority hsrp.hellotime=hsrp.hellotime+hsrp2.hellotime""",
    "bfd": """
        bfd.version bfd.diag bfd.sta bfd.flags:low_6_bits bfd.detect_time_multiplier bfd.message_length
        bfd.my_discriminator bfd.your_discriminator bfd.desired_min_tx_interval bfd.required_min_rx_interval
        bfd.required_min_echo_interval""",
    "ldp": "ldp.hdr.version ldp.hdr.pdu_len ldp.hdr.ldpid.lsr ldp.msg.type ldp.msg.len ldp.msg.id ldp.msg.tlv.type",
}

# Packets in which both must have decoded the protocol: a tenth less than they do in the collected captures.
FLOORS = {
    "ethernet": 39545, "vlan": 855, "llc": 513, "arp": 2235, "sll": 3555, "null": 84, "mpls": 8, "ppp": 9,
    "chdlc": 84, "stp": 136, "lldp": 43, "cdp": 15, "ieee80211": 98, "radiotap": 94, "eapol": 4, "ip": 39459,
    "ip6": 1431, "icmp": 108, "icmp6": 96, "igmp": 50, "gre": 8, "vxlan": 123, "geneve": 35, "gtp": 135, "esp": 306,
    "tcp": 24704, "udp": 14363, "sctp": 206, "dccp": 12, "dns": 1348, "nbns": 275, "dhcp": 218, "dhcp6": 18,
    "ntp": 20, "tftp": 7, "radius": 1, "sip": 81, "rtp": 9, "rtcp": 6, "stun": 331, "syslog": 4, "rip": 6,
    "tls": 2427, "quic": 1247, "ssh": 17, "isakmp": 488, "http": 234, "ftp": 37, "smtp": 63, "pop": 4, "imap": 4,
    "smb": 71, "mqtt": 8, "ldap": 7, "modbus": 252, "kerberos": 18, "bittorrent": 36, "socks": 4, "rdp": 1,
    "bgp": 63, "ospf": 38, "vrrp": 148, "pim": 279, "eigrp": 34, "isis": 185, "hsrp": 35, "bfd": 45, "ldp": 6,
}

# In how many packets the two may differ, and why.
NUL = "tshark ends a text at the first zero byte; fid shows every byte"
EXTENDED_ID = "tshark takes the system ID extension out of a priority that has one; fid shows the 16 bits"
ALLOWED = {
    "stp.root.prio": (1, EXTENDED_ID),
    "stp.bridge.prio": (1, EXTENDED_ID),
    "ip.len": (5, "zero, as segmentation by the network card leaves it: tshark puts the captured length there"),
    "tcp.len": (3, "of datagrams cut off: fid counts what the IP header claims, tshark what is there"),
    "http.uri": (1, NUL),
    "http.host": (1, NUL),
    "http.content_type": (2, NUL),
    "http.connection": (1, NUL),
    "http.reason": (1, "a line ended by a carriage return alone"),
    "http.server": (1, "UTF-8 to fid, ASCII to tshark"),
    "ftp.argument": (1, "a password, which fid does not show"),
    "socks.version": (1, "not SOCKS but an encrypted stream on its port"),
}
