package relay

import (
	"log/slog"
	"net"
	"net/netip"
	"testing"
)

func TestMappedSpellings(t *testing.T) {
	t.Parallel()
	media := netip.MustParseAddrPort("127.0.0.2:5000")
	s := &Server{allow: newAllowlist(map[netip.AddrPort]netip.AddrPort{media: media}), config: Config{Logger: slog.New(slog.DiscardHandler)}}
	for spelling, want := range map[string]bool{
		"127.0.0.2":              true,
		"::ffff:127.0.0.2":       true,
		"::ffff:127.0.0.1":       false,
		"::ffff:10.0.0.1":        false,
		"::ffff:169.254.169.254": false,
		"::127.0.0.2":            false, // compatible, not mapped
		"64:ff9b::7f00:2":        false, // NAT64
		"2002:7f00:2::":          false, // 6to4
		"::1":                    false,
		"::":                     false,
		"fe80::1":                false,
		"fc00::1":                false,
		"ff02::1":                false,
		"2001:db8::1":            false,
		"::ffff:0:127.0.0.2":     false, // translated
		"fd00::2":                false,
		"2001:4860:4860::8888":   false,
		"::ffff:192.168.0.1":     false,
		"::ffff:255.255.255.255": false,
		"64:ff9b:1::7f00:2":      false,
	} {
		if got := s.permit(&net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1}, net.ParseIP(spelling)); got != want {
			t.Errorf("%s: %v, want %v", spelling, got, want)
		}
	}
	if s.permit(&net.UDPAddr{}, net.IP{1, 2, 3}) {
		t.Error("an address of three bytes was let through")
	}
}
