package media

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/logging"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"
)

// socketBuffer lets a burst (everybody's key frames at once) wait in the kernel.
const socketBuffer = 4 << 20

// replayWindow is how many packets late one may come, as in browsers.
const replayWindow = 1024

// ports are the UDP sockets all connections share.
type ports struct {
	conns []net.PacketConn
	mux   ice.UDPMux
}

func openPorts(config Config) (*ports, error) {
	host, port, err := net.SplitHostPort(config.UDPAddr)
	if err != nil {
		return nil, fmt.Errorf("media_addr %q is not host:port: %w", config.UDPAddr, err)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("media_addr %q has no port number: %w", config.UDPAddr, err)
	}
	network := config.Net
	if network == nil {
		if network, err = stdnet.NewNet(); err != nil {
			return nil, fmt.Errorf("open the media ports: %w", err)
		}
	}
	ips, err := listenIPs(network, host)
	if err != nil {
		return nil, err
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	p := &ports{}
	var muxes []ice.UDPMux
	for n := range config.Ports {
		for _, ip := range ips {
			number := 0
			if first != 0 {
				number = first + n
			}
			conn, err := network.ListenUDP("udp4", &net.UDPAddr{IP: ip, Port: number})
			if err != nil {
				p.close()
				return nil, fmt.Errorf("open the media port %s:%d: %w", ip, number, err)
			}
			_ = conn.SetReadBuffer(socketBuffer) // the kernel's limit is as good
			_ = conn.SetWriteBuffer(socketBuffer)
			p.conns = append(p.conns, conn)
			muxes = append(muxes, ice.NewUDPMuxDefault(ice.UDPMuxParams{Logger: quiet.NewLogger("ice"), UDPConn: conn, Net: network}))
		}
	}
	p.mux = ice.NewMultiUDPMuxDefault(muxes...)
	return p, nil
}

// listenIPs is the address named, or every IPv4 address of the machine.
func listenIPs(network transport.Net, host string) ([]net.IP, error) {
	ip := net.ParseIP(host)
	if host != "" && ip == nil {
		return nil, fmt.Errorf("media_addr: %q is no IP address", host)
	}
	if ip != nil && !ip.IsUnspecified() {
		return []net.IP{ip}, nil
	}
	interfaces, err := network.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list the network interfaces: %w", err)
	}
	var ips []net.IP
	for _, one := range interfaces {
		addrs, err := one.Addrs()
		if err != nil {
			return nil, fmt.Errorf("list the addresses of %s: %w", one.Name, err)
		}
		for _, addr := range addrs {
			if with, ok := addr.(*net.IPNet); ok && with.IP.To4() != nil {
				ips = append(ips, with.IP)
			}
		}
	}
	if len(ips) == 0 {
		return nil, fmt.Errorf("media_addr %q: the machine has no IPv4 address", host)
	}
	return ips, nil
}

func (p *ports) addrs() []netip.AddrPort {
	out := make([]netip.AddrPort, 0, len(p.conns))
	for _, conn := range p.conns {
		if udp, ok := conn.LocalAddr().(*net.UDPAddr); ok {
			addr := udp.AddrPort()
			out = append(out, netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()))
		}
	}
	return out
}

// reachable is what TURN may relay to: what clients are told → what is bound.
func (p *ports) reachable(publicIP string) map[netip.AddrPort]netip.AddrPort {
	out := map[netip.AddrPort]netip.AddrPort{}
	public, err := netip.ParseAddr(publicIP)
	for _, addr := range p.addrs() {
		if err == nil {
			out[netip.AddrPortFrom(public, addr.Port())] = addr
			continue
		}
		out[addr] = addr
	}
	return out
}

func (p *ports) close() {
	if p.mux != nil {
		_ = p.mux.Close()
	}
	for _, conn := range p.conns {
		_ = conn.Close()
	}
}

const (
	disconnectedAfter = 4 * time.Second
	failedAfter       = 12 * time.Second
	keepAliveEvery    = time.Second
)

// newAPI sets pion up: VP8 and Opus, our own answers to NACKs, no mDNS, no data
// channels.
func newAPI(config Config, p *ports) (*webrtc.API, error) {
	codecs := &webrtc.MediaEngine{}
	feedback := []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}}
	for _, one := range []struct {
		kind  webrtc.RTPCodecType
		codec webrtc.RTPCodecParameters
	}{
		{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback,
		}}},
		{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
			// No DTX: silence that is not sent makes recordings drift.
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		}}},
	} {
		if err := codecs.RegisterCodec(one.codec, one.kind); err != nil {
			return nil, fmt.Errorf("register %s: %w", one.codec.MimeType, err)
		}
	}
	chain := &interceptor.Registry{}
	// A bounded generator: an overloaded server that asks for everything again
	// only loses more.
	generator, err := nack.NewGeneratorInterceptor(
		nack.GeneratorSize(512), nack.GeneratorMaxNacksPerPacket(5), nack.GeneratorInterval(30*time.Millisecond))
	if err != nil {
		return nil, fmt.Errorf("make the nack generator: %w", err)
	}
	chain.Add(generator)
	if err := webrtc.ConfigureRTCPReports(chain); err != nil {
		return nil, fmt.Errorf("set up rtcp reports: %w", err)
	}
	if err := webrtc.ConfigureTWCCSender(codecs, chain); err != nil {
		return nil, fmt.Errorf("set up transport feedback: %w", err)
	}
	var settings webrtc.SettingEngine
	// What was lost is sent again, and comes up to half a second late: pion's own
	// window of 64 packets would take it for a replay and throw it away.
	settings.SetSRTPReplayProtectionWindow(replayWindow)
	settings.SetICEUDPMux(p.mux)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICETimeouts(disconnectedAfter, failedAfter, keepAliveEvery)
	settings.SetRelayAcceptanceMinWait(0)
	settings.SetPrflxAcceptanceMinWait(0)
	settings.DisableActiveTCP(true)
	if config.Net != nil {
		settings.SetNet(config.Net)
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	settings.LoggerFactory = quiet
	if config.PublicIP != "" {
		if err := settings.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: []string{config.PublicIP}, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace,
		}); err != nil {
			return nil, fmt.Errorf("public_ip: %w", err)
		}
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(codecs), webrtc.WithInterceptorRegistry(chain), webrtc.WithSettingEngine(settings)), nil
}
