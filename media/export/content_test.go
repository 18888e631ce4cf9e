package export

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tool finds a program; `make browser` installs it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("no %s here: `make browser` installs it", name)
	}
	return path
}

func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var problem bytes.Buffer
	c := exec.CommandContext(t.Context(), tool(t, name), args...)
	c.Stderr = &problem
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, problem.String())
	}
	return out
}

// TestBeepAndFlash: a publisher beeps and flashes at the beginning of every
// second; what is exported is decoded, and beeps and flashes are looked for.
// A tenth of the sound's packets is lost, and the line is cut for two seconds.
func TestBeepAndFlash(t *testing.T) {
	t.Parallel()
	const seconds, length = 12, 14 * time.Second
	dir := t.TempDir()
	beeps, flashes := filepath.Join(dir, "a.ogg"), filepath.Join(dir, "v.ivf")
	command(t, "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", fmt.Sprintf("aevalsrc='if(lt(mod(t,1),0.1),sin(2*PI*1000*t),0)':s=48000:d=%d", seconds),
		"-c:a", "libopus", "-b:a", "48k", "-frame_duration", "20", "-application", "lowdelay", beeps)
	command(t, "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", fmt.Sprintf("color=black:s=160x120:r=25:d=%d,drawbox=color=white:t=fill:enable='lt(mod(t,1),0.12)'", seconds),
		"-c:v", "libvpx", "-b:v", "300k", "-g", "25", "-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", flashes)
	s := newStudio(t)
	mic, cam := s.source(1, "customer", "mic"), s.source(2, "customer", "cam")
	cam.delay = 200 * time.Millisecond
	cut := func(at time.Duration) bool { return at >= 5*time.Second && at < 7*time.Second }
	for n, packet := range oggPackets(t, beeps) {
		at := time.Second + time.Duration(n)*20*time.Millisecond
		if cut(at) || n%10 == 7 {
			mic.seq++
			continue
		}
		mic.send(at, false, packet)
	}
	agent := s.source(3, "agent", "mic")
	for n, packet := range oggPackets(t, beeps) { // half a second after the customer
		agent.send(1500*time.Millisecond+time.Duration(n)*20*time.Millisecond, false, packet)
	}
	for n, frame := range ivfFrames(t, flashes) {
		at := time.Second + time.Duration(n)*40*time.Millisecond
		for begin := 0; begin < len(frame); begin += 1000 {
			end, head := min(begin+1000, len(frame)), byte(0)
			if begin == 0 {
				head = 0x10
			}
			if cut(at) {
				cam.seq++
				continue
			}
			cam.send(at, end == len(frame), append([]byte{head}, frame[begin:end]...))
		}
		if n%50 == 20 && !cut(at) {
			mic.report(at)
			cam.report(at)
		}
	}
	m, folder := s.end(length)
	for _, f := range m.Files {
		got := strings.Fields(string(command(t, "ffprobe", "-loglevel", "error", "-show_entries", "stream=codec_name,sample_rate:format=duration", "-of", "csv=p=0", filepath.Join(folder, f.Name))))
		want := f.Codec
		if want == "opus" {
			want = "opus,48000"
		}
		duration, err := strconv.ParseFloat(got[1], 64)
		if got[0] != want || err != nil || math.Abs(duration-length.Seconds()) > 0.5 {
			t.Errorf("ffprobe says %v of %s", got, f.Name)
		}
	}
	pcm := command(t, "ffmpeg", "-loglevel", "error", "-i", filepath.Join(folder, "customer-mic.webm"), "-f", "s16le", "-ac", "1", "-ar", "48000", "-")
	near(t, "the decoded sound", time.Duration(len(pcm)/2)*time.Second/48_000, length, 500*time.Millisecond)
	heard := beepsOf(pcm)
	gray := command(t, "ffmpeg", "-loglevel", "error", "-copyts", "-i", filepath.Join(folder, "customer-cam.webm"), "-vf", "fps=25:start_time=0,scale=1:1", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	seen := onsets(len(gray), 40*time.Millisecond, func(i int) bool { return gray[i] > 120 })
	hit := 0
	for n := range seconds {
		at := time.Second + time.Duration(n)*time.Second
		if n == 0 || cut(at) {
			continue // before the first picture the filter shows that one
		}
		a, ok := closest(heard, at)
		v, also := closest(seen, at)
		if ok && also && (a-v).Abs() <= 300*time.Millisecond && (a-at).Abs() <= 120*time.Millisecond {
			hit++
		} else {
			t.Logf("second %d: heard %s, seen %s", n, a, v)
		}
	}
	if hit < (seconds-3)*9/10 {
		t.Errorf("%d of %d beeps and flashes are where they should be; heard %v, seen %v", hit, seconds-3, heard, seen)
	}
}

// TestBothPeople runs the command of docs/evidence-format.md that puts the customer
// left and the agent right.
func TestBothPeople(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, filter := range map[string]string{"customer-mic.webm": "0", "agent-mic.webm": "0.5"} {
		command(t, "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "aevalsrc='if(lt(mod(t+"+filter+",1),0.1),sin(2*PI*1000*t),0)|0':s=48000:d=5:c=stereo", "-af", "pan=mono|c0=c0", "-c:a", "libopus", filepath.Join(dir, name))
	}
	command(t, "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "color=black:s=64x48:r=5:d=5", "-c:v", "libvpx", filepath.Join(dir, "customer-screen.webm"))
	document, err := os.ReadFile("../../docs/evidence-format.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(document), "```\nffmpeg ")
	script, _, found := strings.Cut(script, "```")
	if !found {
		t.Fatal("the document has no command")
	}
	run := exec.CommandContext(t.Context(), "bash", "-c", "ffmpeg -loglevel error "+script)
	run.Dir = dir
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for side, want := range map[string]time.Duration{"c0": time.Second, "c1": 1500 * time.Millisecond} {
		pcm := command(t, "ffmpeg", "-loglevel", "error", "-i", filepath.Join(dir, "both.webm"), "-af", "pan=mono|c0="+side, "-f", "s16le", "-ar", "48000", "-")
		if at, ok := closest(beepsOf(pcm), want); !ok || (at-want).Abs() > 120*time.Millisecond {
			t.Errorf("%s beeps at %v, want %s", side, beepsOf(pcm), want)
		}
	}
}

// beepsOf are the times at which a sound of 48 kHz beeps.
func beepsOf(pcm []byte) []time.Duration {
	return onsets(len(pcm)/2/480, 10*time.Millisecond, func(i int) bool {
		sum := 0.0
		for _, sample := range pcmSlice(pcm, i*480, 480) {
			sum += math.Abs(float64(sample))
		}
		return sum/480 > 2000
	})
}

// closest is the onset nearest to a time, if one is within half a second.
func closest(list []time.Duration, at time.Duration) (time.Duration, bool) {
	best, found := time.Duration(0), false
	for _, one := range list {
		if d := (one - at).Abs(); d <= 500*time.Millisecond && (!found || d < (best-at).Abs()) {
			best, found = one, true
		}
	}
	return best, found
}

// onsets are the times something begins that was not there for 300 ms.
func onsets(n int, step time.Duration, on func(int) bool) []time.Duration {
	var out []time.Duration
	quiet := time.Hour
	for i := range n {
		switch {
		case !on(i):
			quiet += step
		default:
			if quiet >= 300*time.Millisecond {
				out = append(out, time.Duration(i)*step)
			}
			quiet = 0
		}
	}
	return out
}

func pcmSlice(raw []byte, from, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(raw[2*(from+i):]))
	}
	return out
}

// oggPackets are the packets of an Ogg stream (RFC 3533) behind its two headers.
func oggPackets(t *testing.T, path string) [][]byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	var packet []byte
	for len(raw) >= 27 {
		n := int(raw[26])
		lacing, body := raw[27:27+n], raw[27+n:]
		for _, size := range lacing {
			packet = append(packet, body[:size]...)
			body = body[size:]
			if size < 255 {
				out = append(out, packet)
				packet = nil
			}
		}
		raw = body
	}
	return out[2:]
}

func ivfFrames(t *testing.T, path string) [][]byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for raw = raw[32:]; len(raw) >= 12; {
		n := 12 + int(binary.LittleEndian.Uint32(raw))
		out = append(out, raw[12:n])
		raw = raw[n:]
	}
	return out
}
