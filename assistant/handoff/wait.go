package handoff

import "math"

// minSamples is how many finished conversations make a pace.
const minSamples = 5

// answerS is what picking up takes when an agent is free.
const answerS = 10

// spreadOf is how many standard deviations the told spread is: four customers of
// five are served within it.
const spreadOf = 1.28

// waitFor is the expected wait of a place in seconds, and its spread; 0 and 0 when
// it can't be known.
//
// With c conversations that the ready and busy agents of a queue can hold at
// once, f of them free, and a mean of H seconds that a conversation takes an
// agent (the last 100 of the queue within two hours, wrap-up included), one
// becomes free every H/c seconds. The customer at place p waits answerS when
// p ≤ f, and (p − f)·H/c + answerS when not. n such times in a row vary as √n of
// them: the spread is 1.28·√(p − f)·H/c. Unknown: nobody can hold one, or fewer
// than minSamples conversations for H, or a spread larger than the wait itself.
func (h *hall) waitFor(l *line, queue string, place int) (wait, spread int) {
	hold, free := 0, 0
	for _, t := range l.tiers {
		hold, free = hold+t.hold, free+t.free
	}
	pace, known := h.paces[queue]
	switch {
	case hold == 0:
		return 0, 0
	case place <= free:
		return answerS, answerS
	case !known || pace.Samples < minSamples:
		return 0, 0
	}
	n, each := float64(place-free), pace.HandleS/float64(hold)
	return int(n*each) + answerS, int(math.Ceil(spreadOf * math.Sqrt(n) * each))
}
