package main

import (
	"fmt"
	"slices"
	"time"
)

// benchCommand measures one part of the program alone, on this machine.
type benchCommand struct {
	Desk benchDeskCommand `cmd:"" help:"How long the desk takes from a request to a ring, at a large bank's size."`
}

// spread sums up how long something took.
type spread struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

func spreadOf(took []time.Duration) spread {
	if len(took) == 0 {
		return spread{}
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[min(len(took)-1, int(share*float64(len(took))))].Microseconds()) / 1000
	}
	return spread{Count: len(took), P50: at(0.5), P95: at(0.95), P99: at(0.99), Max: at(1)}
}

func (s spread) String() string {
	return fmt.Sprintf("n %d\tp50 %.1f ms\tp95 %.1f ms\tp99 %.1f ms\tmax %.1f ms", s.Count, s.P50, s.P95, s.P99, s.Max)
}
