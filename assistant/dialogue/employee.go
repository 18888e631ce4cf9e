package dialogue

import (
	"slices"

	"github.com/pingdui/pingdui/assistant/flow"
)

func (d *decider) employeeName(id string) string {
	if e := d.set.Employees[id]; e != nil {
		return d.pick(e.Name)
	}
	return ""
}

func (d *decider) onLeave(id string) bool { return slices.Contains(d.c.OnLeave, id) }

// offerEmployee offers the colleague who may do what was asked, in one tap,
// with everything already said kept.
func (d *decider) offerEmployee(f *flow.Flow, slots map[string]string, e *Said) {
	to := d.set.EmployeeFor(f.ID)
	if to == nil || d.onLeave(to.ID) {
		d.sayPhrase(flow.KindText, "nobody_may", []flow.Action{d.agentOffer()}, "name", d.pick(f.Name))
		d.promptAgain()
		return
	}
	name := d.pick(to.Name)
	yes := d.offer(Offer{Kind: offerEmployee, Employee: to.ID, Flow: f.ID, Slots: slots, Said: e}, d.phrase("tap_employee", "to", name), flow.StylePrimary)
	m := flow.Message{
		Kind: flow.KindAsk, Text: d.phrase("employee_offer", "name", d.pick(f.Name), "to", name),
		Actions: []flow.Action{yes, d.agentOffer()},
	}
	d.say(m)
	d.st.Pending = &Pending{Kind: PendingEmployee, Offer: yes.ID, Prompt: &m}
}

// changeEmployee lets another digital employee serve; every slot stays.
func (d *decider) changeEmployee(id string) {
	if d.st.Employee == id {
		return
	}
	d.st.Employee = id
	d.note(NoteEmployee, "", "", id)
	d.sayPhrase(flow.KindText, "employee_here", nil, "to", d.employeeName(id))
}

// employeeChanged is the customer's own change of employee.
func (d *decider) employeeChanged(id string) {
	to := d.set.Employees[id]
	if to == nil || to.Serves == "staff" || d.onLeave(id) {
		d.sayPhrase(flow.KindText, "employee_away", nil)
		d.promptAgain()
		return
	}
	if d.c.Speaker == "agent" {
		d.st.Employee = id
		d.note(NoteEmployee, "", "", id)
		return
	}
	if p := d.st.Pending; p != nil && p.Kind == PendingEmployee && p.Offer != "" {
		leads := slices.ContainsFunc(d.st.Offers, func(o Offer) bool { return o.ID == p.Offer && o.Employee == id })
		if leads {
			d.take(p.Offer) // the customer went where the offer leads
			return
		}
	}
	d.changeEmployee(id)
	in := d.top()
	if in == nil {
		return
	}
	if in.Suspended || to.May(in.Flow) || in.Acting != "" {
		d.promptAgain()
		return
	}
	f := d.flowOf(in)
	if f == nil {
		d.run()
		return
	}
	in.Suspended = true
	d.note(NoteSuspended, in.Flow, in.Step, "employee")
	d.st.Pending = nil
	d.offerEmployee(f, nil, nil)
}
