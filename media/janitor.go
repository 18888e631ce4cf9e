package media

import (
	"log/slog"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// closeWatch is how long a connection may take to close before operators hear of it.
const closeWatch = 5 * time.Second

// janitor closes connections, each in a goroutine of its own: a Close can wait
// for handlers, so it must never run under a lock or in a handler.
type janitor struct {
	logger  *slog.Logger
	closing sync.WaitGroup
}

func newJanitor(logger *slog.Logger) *janitor { return &janitor{logger: logger} }

// take closes a connection and runs done after it.
func (j *janitor) take(pc *webrtc.PeerConnection, room, person string, done func()) {
	j.closing.Add(1)
	go func() {
		defer j.closing.Done()
		watch := time.AfterFunc(closeWatch, func() {
			j.logger.Error("a media connection does not close", "room", room, "peer", person, "after", closeWatch)
		})
		defer watch.Stop()
		if err := pc.Close(); err != nil {
			j.logger.Warn("a media connection closed badly", "room", room, "peer", person, "error", err)
		}
		done()
	}()
}

func (j *janitor) wait() { j.closing.Wait() }
