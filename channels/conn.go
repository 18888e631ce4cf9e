package channels

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Close codes. 4000 to 4099: mend and come again; 4100 and above: reconnect and resume.
const (
	CloseBadFrame     = 4000 // the frame could not be read; the reason names it
	CloseUnauthorized = 4001 // the ticket is not good; get another
	CloseNoHello      = 4002 // no hello within the deadline
	CloseVersion      = 4003 // a protocol version that is not spoken here
	CloseSlow         = 4100 // too much waits: reconnect and resume
	CloseStopping     = 4101 // this node stops: reconnect and resume
)

// Deadlines of a socket.
const (
	HelloDeadline = 5 * time.Second
	WriteDeadline = 10 * time.Second
	// ReadDeadline closes a socket without a ping; clients ping every 15 s.
	ReadDeadline = 60 * time.Second
	// drainFor and drainMost bound what is still read of a frame that is too big:
	// a socket closed over unread bytes is reset, and its close reason lost.
	drainFor  = time.Second
	drainMost = 4 << 20
	// maxReason is how many bytes of a reason a close frame holds.
	maxReason = 123
)

// Conn is one socket as every channel keeps it: frames are read within limits,
// written from a byte-bounded queue whose goroutine lives only while there is
// something to write, and closed with a code that says what to do next.
type Conn struct {
	conn    *websocket.Conn
	mu      sync.Mutex
	queue   [][]byte
	queued  int
	writing bool
	closed  bool
	last    *ending // what to close with once the queue is written
}

// ending is a close code with its sentence.
type ending struct {
	code   int
	reason string
	ended  chan struct{}
}

// NewConn wraps an upgraded connection. The limit of a frame is kept by Read:
// the library's own would close without a reason.
func NewConn(conn *websocket.Conn) *Conn { return &Conn{conn: conn} }

// OriginAllowed accepts the server's own pages, listed origins, and programs
// that send no origin at all (they need a ticket like everybody).
func OriginAllowed(r *http.Request, listed []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return u.Host == r.Host || slices.Contains(listed, origin)
}

// Read reads one frame within a deadline into a value; false when the socket has
// ended. A frame that can't be read closes it.
func (c *Conn) Read(deadline time.Duration, frame any) bool {
	_ = c.conn.SetReadDeadline(time.Now().Add(deadline))
	kind, reader, err := c.conn.NextReader()
	if err != nil {
		return false
	}
	raw, err := io.ReadAll(io.LimitReader(reader, MaxFrame+1))
	if err != nil {
		return false
	}
	if len(raw) > MaxFrame {
		c.tooBig(reader)
		return false
	}
	if kind != websocket.TextMessage || !utf8.Valid(raw) {
		c.Close(CloseBadFrame, "frames are JSON text in UTF-8")
		return false
	}
	if err := json.Unmarshal(raw, frame); err != nil {
		c.Close(CloseBadFrame, "the frame is not the JSON of docs/protocol.md")
		return false
	}
	return true
}

// tooBig says why the socket ends, and reads the rest of the frame for a moment
// so that the reason arrives.
func (c *Conn) tooBig(rest io.Reader) {
	if !c.shut() {
		return
	}
	c.say(websocket.CloseMessageTooBig, "a frame may have 64 kB at most")
	_ = c.conn.SetReadDeadline(time.Now().Add(drainFor))
	_, _ = io.Copy(io.Discard, io.LimitReader(rest, drainMost))
	_ = c.conn.Close()
}

// Send queues a frame and starts the writer if it rests. A client that lets
// MaxQueued bytes wait is closed. It fails only for a value that is no JSON.
func (c *Conn) Send(frame any) error {
	raw, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	c.mu.Lock()
	if c.closed || c.last != nil {
		c.mu.Unlock()
		return nil
	}
	if c.queued+len(raw) > MaxQueued {
		c.mu.Unlock()
		c.Close(CloseSlow, "too much waits: reconnect and resume")
		return nil
	}
	c.queue = append(c.queue, raw)
	c.queued += len(raw)
	if !c.writing {
		c.writing = true
		go c.write()
	}
	c.mu.Unlock()
	return nil
}

func (c *Conn) write() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 || c.closed {
			c.writing = false
			c.queue = nil
			last := c.last
			c.mu.Unlock()
			if last != nil {
				c.Close(last.code, last.reason)
				close(last.ended)
			}
			return
		}
		raw := c.queue[0]
		c.queue = c.queue[1:]
		c.queued -= len(raw)
		c.mu.Unlock()
		_ = c.conn.SetWriteDeadline(time.Now().Add(WriteDeadline))
		if err := c.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
			c.Close(websocket.CloseAbnormalClosure, "")
		}
	}
}

// Closed says whether the socket has ended.
func (c *Conn) Closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// Close ends the socket with a code; a control frame may be written beside the
// writer. What is still queued is dropped.
func (c *Conn) Close(code int, reason string) {
	if !c.shut() {
		return
	}
	if code != websocket.CloseAbnormalClosure {
		c.say(code, reason)
	}
	_ = c.conn.Close()
}

// Finish writes what is queued, at most for WriteDeadline a frame, and then ends
// the socket with a code. What is sent after it began is dropped.
func (c *Conn) Finish(code int, reason string) {
	last := &ending{code, reason, make(chan struct{})}
	c.mu.Lock()
	if c.closed || c.last != nil {
		c.mu.Unlock()
		return
	}
	writing := c.writing
	if writing {
		c.last = last
	}
	c.mu.Unlock()
	if writing {
		<-last.ended
		return
	}
	c.Close(code, reason)
}

// shut marks the socket as ended; false when it was already.
func (c *Conn) shut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.closed = true
	return true
}

func (c *Conn) say(code int, reason string) {
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, Clip(reason, maxReason)), time.Now().Add(time.Second))
}

// Bucket bounds how fast one socket may send frames that cost work. Only the
// socket's reader uses it.
type Bucket struct {
	tokens, burst int
	refill        time.Duration
	filled        time.Time
}

// NewBucket holds burst tokens and gains one each refill.
func NewBucket(burst int, refill time.Duration) *Bucket {
	return &Bucket{tokens: burst, burst: burst, refill: refill, filled: time.Now()}
}

// Take takes one token; false when there is none.
func (b *Bucket) Take() bool {
	if gained := int(time.Since(b.filled) / b.refill); gained > 0 {
		b.tokens = min(b.burst, b.tokens+gained)
		b.filled = b.filled.Add(time.Duration(gained) * b.refill)
	}
	if b.tokens == 0 {
		return false
	}
	b.tokens--
	return true
}

// Clip cuts a text to a number of bytes without cutting a character.
func Clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
