package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/pion/turn/v5"
)

var (
	errNoTCP    = errors.New("turn: TCP allocations are not given")
	errNoTarget = errors.New("turn: no media address of this family")
)

// sockets makes the relay's sockets; it is the only place where a datagram of a
// client leaves the server.
type sockets struct{ allow *allowlist }

// Validate is called by the library at the start.
func (s *sockets) Validate() error { return nil }

// AllocatePacketConn opens a relay socket on the address the media server is
// reached from: the socket talks to nobody else.
func (s *sockets) AllocatePacketConn(config turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	ip, ok := s.localIP(config.Network)
	if !ok {
		return nil, nil, errNoTarget
	}
	// A client may not choose the port: it would learn which ones are taken.
	var listen net.ListenConfig
	conn, err := listen.ListenPacket(context.Background(), config.Network, net.JoinHostPort(ip.String(), "0"))
	if err != nil {
		return nil, nil, fmt.Errorf("open a relay socket: %w", err)
	}
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		_ = conn.Close()
		return nil, nil, fmt.Errorf("open a relay socket: %T is no UDP socket", conn)
	}
	return &socket{UDPConn: udp, allow: s.allow}, udp.LocalAddr(), nil
}

func (s *sockets) localIP(network string) (netip.Addr, bool) {
	for _, target := range s.allow.out {
		if target.Addr().Is4() == (network != "udp6") {
			return target.Addr(), true
		}
	}
	return netip.Addr{}, false
}

// AllocateListener refuses TCP allocations.
func (s *sockets) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNoTCP
}

// AllocateConn refuses TCP connections.
func (s *sockets) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNoTCP }

// socket is one relay socket that sends to and hears from the media server only.
type socket struct {
	*net.UDPConn
	allow *allowlist
}

// WriteTo sends to a media address; every other datagram vanishes and is
// counted. It is no error: an error would end the client's allocation loop, and
// the sender is told nothing.
func (s *socket) WriteTo(body []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		s.allow.refused.Add(1)
		return len(body), nil
	}
	target, ok := s.allow.out[plain(udp.AddrPort())]
	if !ok {
		s.allow.refused.Add(1)
		return len(body), nil
	}
	return s.WriteToUDPAddrPort(body, target)
}

// ReadFrom gives the next datagram of the media server, under its advertised address.
func (s *socket) ReadFrom(body []byte) (int, net.Addr, error) {
	for {
		n, from, err := s.ReadFromUDPAddrPort(body)
		if err != nil {
			return n, nil, err
		}
		if advertised, ok := s.allow.back[plain(from)]; ok {
			return n, net.UDPAddrFromAddrPort(advertised), nil
		}
		s.allow.refused.Add(1)
	}
}
