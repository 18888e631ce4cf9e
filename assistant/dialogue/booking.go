package dialogue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// A call-back (预约回呼) is a request for a person that is due later. The customer
// chooses a time, the desk has the last word on it (HandoffBooked), and when it is
// due the request waits in the queue like any other. What is being filled in is
// never touched by it.

// The taps of call-backs. A tap on one time is TapTime with that time behind it.
const (
	TapBook   = "book"
	TapUnbook = "unbook"
	TapTime   = "book@"
)

// offeredTimes is how many times are offered; waitLong is the expected wait, in
// seconds, from which one is offered to who waits.
const (
	offeredTimes = 4
	waitLong     = 180
)

// mayBook says whether a call-back can be offered now.
func (d *decider) mayBook() bool {
	h := d.st.Handoff
	if d.c.Staff || d.c.Speaker == "agent" || h.State == HandoffAccepted || d.bookQueue() == "safety" || d.meeting() != nil {
		return false
	}
	_, ok := d.hours().Slot(d.c.Now, d.c.Now)
	return ok
}

// bookQueue is the queue a call-back is booked in: the one that was asked for
// last, else the one that fits what is being done.
func (d *decider) bookQueue() string {
	if q := d.st.Handoff.Queue; q != "" {
		return q
	}
	return d.queueHere()
}

// queueHere is the queue that fits what is being done.
func (d *decider) queueHere() string {
	queue := "general"
	if in := d.top(); in != nil {
		if f := d.flowOf(in); f != nil && f.Queue != "" {
			queue = f.Queue
		}
	}
	if queue == "general" && d.c.Edition == "elder" {
		queue = "elder"
	}
	return queue
}

// hours are when the people of that queue are there.
func (d *decider) hours() Hours {
	if h, ok := d.c.Hours[d.bookQueue()]; ok {
		return h
	}
	return d.c.Hours["general"]
}

// bookTaps offers a call-back in one tap, where one can be had.
func (d *decider) bookTaps() []flow.Action {
	if !d.mayBook() {
		return nil
	}
	return []flow.Action{{ID: TapBook, Label: d.phrase("tap_book")}}
}

// queueTaps are the taps of who waits so long.
func (d *decider) queueTaps(waitS int) []flow.Action {
	taps := []flow.Action{d.leaveTap()}
	if waitS >= waitLong {
		taps = append(taps, d.bookTaps()...)
	}
	return taps
}

// bookedTaps change or give up what is booked.
func (d *decider) bookedTaps() []flow.Action {
	return []flow.Action{{ID: TapBook, Label: d.phrase("tap_rebook")}, {ID: TapUnbook, Label: d.phrase("tap_unbook")}}
}

// nobody says that nobody is on duty; who has booked keeps the booking, others
// are offered one for what they wanted.
func (d *decider) nobody(queue, reason string) {
	if d.st.Handoff.State == HandoffBooked {
		d.sayPhrase(flow.KindNotice, "booking_stands", d.bookedTaps(), "at", d.slotWords(d.st.Handoff.Due), "closed", true)
		return
	}
	d.st.Handoff = HandoffInfo{Queue: queue, Reason: reason}
	h := d.hours()
	d.sayPhrase(flow.KindNotice, "handoff_closed", d.bookTaps(), "hours", h.Known(), "from", h.clock(h.From), "until", h.clock(h.Until))
}

// closedTaps offers a call-back for a step that needs somebody where nobody is.
func (d *decider) closedTaps(queue, reason string) []flow.Action {
	if d.st.Handoff.State == "" {
		d.st.Handoff = HandoffInfo{Queue: queue, Reason: reason}
	}
	return d.bookTaps()
}

// offerTimes shows times to choose from; nil takes the next ones.
func (d *decider) offerTimes(key string, times []time.Time, pairs ...any) {
	if !d.mayBook() {
		d.sayPhrase(flow.KindNotice, "booking_cannot", nil)
		d.retry()
		return
	}
	h := d.hours()
	if len(times) == 0 {
		times = h.Slots(d.c.Now, d.c.Now, offeredTimes)
	}
	var taps []flow.Action
	for _, at := range times {
		text := at.Format(time.RFC3339)
		taps = append(taps, flow.Action{ID: TapTime + text, Label: d.written(text)})
	}
	d.st.Handoff.Times = times
	d.aside(flow.Message{Kind: flow.KindNotice, Text: d.phrase(key, append(pairs, "from", h.clock(h.From), "until", h.clock(h.Until))...), Actions: taps})
}

// book asks the desk for the slot at a time; one that can't be had is answered
// with those that can.
func (d *decider) book(at time.Time) {
	slot, ok := d.hours().Slot(d.c.Now, at)
	switch {
	case !d.mayBook():
		d.offerTimes("booking_offer", nil)
		return
	case !ok:
		d.offerTimes("booking_far", nil, "days", SlotDays)
		return
	case at.Before(d.c.Now.Add(SlotAhead)):
		d.offerTimes("booking_soon", nil)
		return
	case slot.Sub(at) >= SlotFor:
		d.offerTimes("booking_hours", d.hours().Slots(d.c.Now, slot, offeredTimes), "at", d.slotWords(at))
		return
	}
	h := d.st.Handoff
	if h.State == HandoffBooked && h.Due.Equal(slot) {
		d.tellBooked()
		return
	}
	reason := h.Reason
	if reason == "" {
		reason = d.phrase("reason_booked")
		if in := d.top(); in != nil {
			reason = d.phrase("reason_booked_in", "name", d.flowName(in.Flow))
		}
	}
	queue := d.bookQueue()
	d.emit(Handoff{Queue: queue, Reason: reason, Due: slot, Form: d.form})
	d.st.Handoff = HandoffInfo{State: HandoffBooked, Queue: queue, Reason: reason, Due: slot, Unheard: true}
	d.sayPhrase(flow.KindNotice, "booking_asked", nil, "at", d.slotWords(slot))
	d.retry()
}

// tellBooked says what is booked.
func (d *decider) tellBooked() {
	d.sayPhrase(flow.KindNotice, "booking_stands", d.bookedTaps(), "at", d.slotWords(d.st.Handoff.Due), "closed", false)
	d.retry()
}

// unbook gives the call-back up.
func (d *decider) unbook() {
	h := d.st.Handoff
	if h.State != HandoffBooked {
		d.st.Handoff.Times = nil
		d.sayPhrase(flow.KindNotice, "booking_none", nil)
		d.retry()
		return
	}
	d.emit(CancelHandoff{})
	d.st.Handoff, d.st.Left = HandoffInfo{}, true
	d.sayPhrase(flow.KindNotice, "booking_cancelled", nil, "at", d.slotWords(h.Due))
	d.retry()
}

// bookTapped takes a tap that is about a call-back.
func (d *decider) bookTapped(id string) bool {
	at, timed := strings.CutPrefix(id, TapTime)
	switch {
	case id == TapBook:
		d.offerTimes("booking_offer", nil)
	case id == TapUnbook:
		d.unbook()
	case timed:
		t, ok := parseTime(at)
		if !ok {
			return false
		}
		d.book(t.In(d.c.Now.Location()))
	default:
		return false
	}
	return true
}

// books takes words about a call-back: when it is, another time, none any more,
// or the wish for one. What belongs to the form is left to it.
func (d *decider) books(e Said) bool {
	if d.c.Staff || d.c.Speaker == "agent" {
		return false
	}
	h, text := d.st.Handoff, folded(e.Text)
	booked, named := h.State == HandoffBooked, wantsBack.MatchString(text) && !backTraps.MatchString(text)
	in := d.top()
	free := in == nil || in.Suspended
	switch {
	case booked && givesUp.MatchString(text):
		d.givenUp(free, text)
	case booked && free && d.clockAlone(text):
	case booked && asksWhenBack.MatchString(text):
		d.tellBooked()
	case booked && (named || free || !d.takesTime()) && (changesTime.MatchString(text) || shifts.MatchString(text) && !d.whenSaid(e, h.Due).none()):
		d.bookSaid(e, h.Due)
	case (len(h.Times) > 0 || h.State == "" && h.Queue != "" && strings.Contains(text, "约")) && d.chooses(e, text, free):
	case len(h.Times) > 0 && dropsTimes.MatchString(text):
		d.unbook()
	case (named || h.Queue != "" && bareBook.MatchString(text)) && !has(e, ActNegated) && !has(e, ActCancel):
		if booked && d.whenSaid(e, h.Due).none() {
			d.tellBooked()
			return true
		}
		d.bookSaid(e, h.Due)
	default:
		return false
	}
	return true
}

// clockAlone takes 改到11, move it to 3: an hour of the day that is booked.
func (d *decider) clockAlone(text string) bool {
	m := hourAlone.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	hour, err := strconv.Atoi(m[1])
	if err != nil || hour > 23 {
		return false
	}
	if hour < 8 {
		hour += 12 // as a bank's hours are
	}
	d.book(midnight(d.st.Handoff.Due.In(d.c.Now.Location()), 0).Add(time.Duration(hour) * time.Hour))
	return true
}

// givenUp gives the call-back up; where something else is put off as well, one
// short question holds both.
func (d *decider) givenUp(free bool, text string) {
	if n := len(d.st.Parked); n > 0 && free && !backWords.MatchString(text) {
		other := d.st.Parked[n-1]
		name := d.flowName(other.Flow)
		taps := []flow.Action{
			{ID: TapUnbook, Label: d.phrase("tap_unbook")},
			d.offer(Offer{Kind: offerForget, Instance: other.ID}, d.phrase("tap_unschedule"), flow.StylePlain),
		}
		d.say(flow.Message{Kind: flow.KindAsk, Text: d.phrase("booking_which", "at", d.slotWords(d.st.Handoff.Due), "name", name), Actions: taps})
		return
	}
	d.unbook()
}

// chooses takes an answer to the times on offer.
func (d *decider) chooses(e Said, text string, free bool) bool {
	h := d.st.Handoff
	if free || d.st.Pending == nil {
		for _, x := range e.Understanding.Entities {
			if n, err := strconv.Atoi(x.Value); x.Kind == "ordinal" && err == nil && len([]rune(text)) <= len([]rune(x.Text))+3 {
				if n < 0 {
					n += len(h.Times) + 1
				}
				if n >= 1 && n <= len(h.Times) {
					d.book(h.Times[n-1])
					return true
				}
			}
		}
	}
	if !free && d.takesTime() && !backWords.MatchString(text) || !d.onlyTime(e, text) {
		return false
	}
	d.bookSaid(e, h.Due)
	return true
}

// takesTime says that the running form has a use for a date of its own.
func (d *decider) takesTime() bool {
	in := d.top()
	if in == nil || in.Suspended {
		return false
	}
	f := d.flowOf(in)
	return f != nil && slices.ContainsFunc(f.Slots, func(s *flow.Slot) bool { return s.Kind == "date" })
}

// bookSaid books the time a message names, or offers times where it names none.
// base is what is booked already: 改到十一点 leaves its day as it is.
func (d *decider) bookSaid(e Said, base time.Time) {
	switch w := d.whenSaid(e, base); {
	case w.none():
		d.offerTimes("booking_offer", nil)
	case w.exact:
		d.book(w.at)
	default:
		d.offerDay(w)
	}
}

// offerDay offers times of one day, of the part of it that was named.
func (d *decider) offerDay(w when) {
	var times []time.Time
	for _, hour := range w.hours {
		at := midnight(w.at, 0).Add(time.Duration(hour) * time.Hour)
		if slot, ok := d.hours().Slot(d.c.Now, at); ok && slot.Equal(at) {
			times = append(times, at)
		}
	}
	if len(times) == 0 {
		d.book(midnight(w.at, 0).Add(time.Duration(w.hours[len(w.hours)-1]) * time.Hour))
		return
	}
	d.offerTimes("booking_day", times[:min(len(times), offeredTimes)])
}

// bookingChanged takes the desk's word on call-backs; false leaves it to those
// who wait.
func (d *decider) bookingChanged(e HandoffChanged) bool {
	h := d.st.Handoff
	stale := h.State == HandoffBooked && h.Unheard // the desk said it before it heard of the booking
	switch e.State {
	case HandoffBooked:
		if d.st.Left || h.State == HandoffAccepted || h.State == HandoffQueued && e.Reason != ReasonMissed {
			return true
		}
		d.bookedAt(e, h)
		return true
	case HandoffQueued:
		due := h.State == HandoffBooked && (e.Reason == ReasonDue || !d.c.Now.Before(h.Due))
		if stale && !due {
			return true
		}
		if due && !d.st.Left {
			d.aside(flow.Message{Kind: flow.KindNotice, Text: d.phrase("booking_due", "at", d.slotWords(h.Due))})
		}
	case HandoffClosed:
		if e.Reason == ReasonFull {
			d.st.Handoff, d.st.Left = HandoffInfo{}, false
			d.sayPhrase(flow.KindNotice, "booking_full", []flow.Action{d.agentOffer()}, "days", SlotDays)
			return true
		}
		return stale
	case HandoffAccepted, HandoffHandedBack, HandoffCancelled, HandoffJoined, HandoffLeft, HandoffHeld, HandoffResumed:
		// What was booked is over.
	}
	d.st.Handoff.Due, d.st.Handoff.Unheard = time.Time{}, false
	return false
}

// bookedAt says back what is booked: weekday, date and time, and how the
// colleague comes.
func (d *decider) bookedAt(e HandoffChanged, was HandoffInfo) {
	d.st.Handoff.State, d.st.Handoff.Due, d.st.Handoff.Unheard, d.st.Handoff.Times = HandoffBooked, e.Due.In(d.c.Now.Location()), false, nil
	d.st.Handoff.Place, d.st.Handoff.WaitS = 0, 0
	key := "booking_done"
	switch {
	case e.Reason == ReasonMissed:
		key = "booking_missed"
	case was.Unheard && !was.Due.Equal(e.Due):
		key = "booking_moved"
	}
	d.aside(flow.Message{
		Kind: flow.KindNotice, Actions: d.bookedTaps(),
		Text: d.phrase(key, "at", d.slotWords(e.Due), "was", d.slotWords(was.Due)),
	})
}

// slotWords is a time with its weekday.
func (d *decider) slotWords(at time.Time) string {
	at = at.In(d.c.Now.Location())
	if d.locale() == "en" {
		return at.Format("Monday 2 January, 15:04")
	}
	return at.Format("1月2日") + "（星期" + string([]rune("日一二三四五六")[at.Weekday()]) + "）" + at.Format("15:04")
}
