package sandboxbank

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// bookWithin is how many days ahead a visit can be booked.
const bookWithin = 14

// BranchesIn looks for branches; every field may be left out.
type BranchesIn struct {
	Customer string `json:"customer,omitempty" maxLength:"20" doc:"Whose region comes first when no city is named"`
	City     string `json:"city,omitempty" maxLength:"40"`
	Need     string `json:"need,omitempty" maxLength:"20" doc:"step_free, fx, ecny, social, weekend"`
	Video    bool   `json:"video,omitempty" doc:"The video counter too"`
}

// Branches is what was found, and whether what was needed had to be given up.
type Branches struct {
	Branches []Branch `json:"branches" nullable:"false"`
	City     string   `json:"city"`
	CityEN   string   `json:"city_en"`
}

// Branch is one branch as of today.
type Branch struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	FullName   string `json:"full_name"`
	City       string `json:"city"`
	Address    string `json:"address"`
	AddressEN  string `json:"address_en"`
	Today      string `json:"today" doc:"Today's hours; empty when closed"`
	Open       bool   `json:"open" doc:"Open at this moment"`
	Hours      string `json:"hours"`
	HoursEN    string `json:"hours_en"`
	StepFree   bool   `json:"step_free"`
	Services   string `json:"services"`
	ServicesEN string `json:"services_en"`
}

// appointment is a booked visit as kept.
type appointment struct {
	Branch   string `json:"branch"`
	Name     string `json:"name"`
	NameEN   string `json:"name_en"`
	Date     string `json:"date"`
	Time     string `json:"time"`
	Matter   string `json:"matter"`
	MatterZH string `json:"matter_zh"`
	MatterEN string `json:"matter_en"`
	Number   string `json:"number"`
}

// Appointment is a booked visit.
type Appointment struct {
	ID         string `json:"id"`
	Name       string `json:"name" doc:"The branch"`
	NameEN     string `json:"name_en"`
	Branch     string `json:"branch"`
	Date       string `json:"date"`
	Time       string `json:"time"`
	When       string `json:"when"`
	WhenEN     string `json:"when_en"`
	Matter     string `json:"matter"`
	MatterZH   string `json:"matter_zh"`
	MatterEN   string `json:"matter_en"`
	Number     string `json:"number"`
	Bring      string `json:"bring" doc:"What to bring"`
	BringEN    string `json:"bring_en"`
	Address    string `json:"address"`
	AddressEN  string `json:"address_en"`
	Pickup     string `json:"pickup" doc:"The code that brings the filled form up at the branch"`
	VideoVisit bool   `json:"video"`
}

func (a Appointment) number() string { return a.Number }

// Appointments is every visit still to come.
type Appointments struct {
	Appointments []Appointment `json:"appointments" nullable:"false"`
}

// SlotsIn asks for the free half hours of a day.
type SlotsIn struct {
	CustomerIn
	Branch string `json:"branch" maxLength:"20"`
	Date   string `json:"date" maxLength:"10"`
	Matter string `json:"matter,omitempty" maxLength:"20"`
	Moving string `json:"moving,omitempty" maxLength:"60" doc:"The appointment that is moved"`
}

// Slots is the free half hours, or why there are none.
type Slots struct {
	Slots   []Slot   `json:"slots" nullable:"false"`
	Refusal *Refusal `json:"refusal"`
	Next    string   `json:"next" doc:"The next day on which the branch opens"`
	Full    bool     `json:"full"`
}

// Slot is one half hour.
type Slot struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Left   int    `json:"left"`
}

// BookIn books a visit.
type BookIn struct {
	CustomerIn
	Branch string `json:"branch" maxLength:"20"`
	Date   string `json:"date" maxLength:"10"`
	Time   string `json:"time" maxLength:"5"`
	Matter string `json:"matter" maxLength:"20"`
}

// MoveIn moves a visit to another half hour at the same branch.
type MoveIn struct {
	CustomerIn
	Appointment string `json:"appointment" maxLength:"60"`
	Date        string `json:"date" maxLength:"10"`
	Time        string `json:"time" maxLength:"5"`
}

// AppointmentIn names a visit.
type AppointmentIn struct {
	CustomerIn
	Appointment string `json:"appointment" maxLength:"60"`
}

// profileRoutes serves customers' data, branches and appointments.
func (b *Bank) profileRoutes(api huma.API) {
	read(b, api, "branches.find", "Branches and their hours", b.branchesFind)
	read(b, api, "appointments.list", "Visits still to come", b.appointmentsList)
	read(b, api, "appointments.slots", "Free half hours of a day at a branch", b.appointmentSlots)
	change(b, api, business{operation: "bank.appointment_book", summary: "Book a visit"}, b.appointmentBook)
	change(b, api, business{operation: "bank.appointment_move", summary: "Move a visit"}, b.appointmentMove)
	change(b, api, business{operation: "bank.appointment_cancel", summary: "Cancel a visit"}, b.appointmentCancel)
	b.detailRoutes(api)
}

func (b *Bank) branchesFind(ctx context.Context, in BranchesIn) (Branches, error) {
	rows, err := branchRows()
	if err != nil {
		return Branches{}, err
	}
	cities := []string{in.City}
	if in.City == "" || in.City == "mine" {
		cities = nil
		if in.Customer != "" {
			c, err := b.customer(ctx, b.pool, in.Customer)
			if err != nil {
				return Branches{}, err
			}
			cities = homeCities(c.Region)
		}
	}
	now := b.now()
	out := Branches{Branches: []Branch{}}
	for _, r := range rows {
		if r.ID == videoCounter {
			if in.Video {
				out.Branches = append(out.Branches, r.view(now))
			}
			continue
		}
		if len(cities) > 0 && !slices.Contains(cities, r.City) || !r.offers(in.Need) {
			continue
		}
		if out.City == "" {
			out.City, out.CityEN = r.City, r.CityEN
		}
		out.Branches = append(out.Branches, r.view(now))
	}
	if out.City == "" && len(cities) > 0 {
		out.City, out.CityEN = cities[0], cities[0]
		for _, r := range rows {
			if r.City == cities[0] {
				out.CityEN = r.CityEN
			}
		}
	}
	return out, nil
}

// offers says whether a branch has what is needed; the empty need is had by all.
func (r branchRow) offers(need string) bool {
	switch need {
	case "step_free":
		return r.StepFree
	case "fx":
		return strings.Contains(r.Services, "外币")
	case "ecny":
		return strings.Contains(r.Services, "数币")
	case "social":
		return strings.Contains(r.Services, "社保卡")
	case "weekend":
		return r.Weekend != ""
	}
	return true
}

func (r branchRow) view(now time.Time) Branch {
	today, _, _ := r.hours(now)
	from, to, _ := strings.Cut(today, "-")
	clock := now.Format("15:04")
	weekend, weekendEN := cmp.Or(r.Weekend, "休息"), cmp.Or(r.Weekend, "closed")
	return Branch{
		ID: r.ID, Name: r.Short, NameEN: r.NameEN, FullName: r.Name, City: r.City, Address: r.City + r.District + r.Address,
		AddressEN: strings.TrimPrefix(strings.TrimSuffix(r.AddressEN+", "+r.DistrictEN+", "+r.CityEN, ", , "), ", "), Today: today, Open: today != "" && clock >= from && clock < to,
		Hours: "工作日" + r.Weekday + "，周末" + weekend, HoursEN: "weekdays " + r.Weekday + ", weekends " + weekendEN,
		StepFree: r.StepFree, Services: r.Services, ServicesEN: r.ServicesEN,
	}
}

// matter is what a visit is for: its names, what to bring, and the service a
// branch must have (empty: any).
func matterOf(code string) (zh, en, bring, bringEN, service string, ok bool) {
	id, idEN := "本人身份证", "your identity document"
	switch code {
	case "card":
		return "银行卡业务", "Card business", id + "和卡", idEN + " and the card", "", true
	case "cash":
		return "取大额现金", "A large cash withdrawal", id + "、卡或存折", idEN + " and the card or passbook", "", true
	case "account":
		return "开户销户", "Opening or closing an account", id, idEN, "", true
	case "loan":
		return "贷款咨询", "Loans", id + "和收入材料", idEN + " and proof of income", "", true
	case "wealth":
		return "理财咨询", "Investments", id, idEN, "", true
	case "fx":
		return "外币业务", "Foreign currency", id + "，换汇带用途材料", idEN + " and papers on the purpose", "外币", true
	case "social":
		return "社保卡业务", "Social security card", id + "和近期照片", idEN + " and a recent photo", "社保卡", true
	case "details":
		return "更新资料", "Updating your details", "新的身份证件", "the new identity document", "", true
	case "other":
		return "其他业务", "Other business", id, idEN, "", true
	}
	return "", "", "", "", "", false
}

func (p appointment) view(id string) Appointment {
	_, _, bring, bringEN, _, _ := matterOf(p.Matter)
	out := Appointment{
		ID: id, Name: p.Name, NameEN: p.NameEN, Branch: p.Branch, Date: p.Date, Time: p.Time, Matter: p.Matter, MatterZH: p.MatterZH, MatterEN: p.MatterEN,
		Number: p.Number, Bring: bring, BringEN: bringEN, VideoVisit: p.Branch == videoCounter,
	}
	if len(p.Number) > 6 {
		out.Pickup = p.Number[len(p.Number)-6:]
	}
	if day, err := time.Parse(time.DateOnly, p.Date); err == nil {
		out.When = day.Format("1月2日") + weekdayZH(day) + p.Time
		out.WhenEN = day.Format("Mon 2 Jan") + " at " + p.Time
	}
	if r, err := branchOf(p.Branch); err == nil {
		v := r.view(time.Time{})
		out.Address, out.AddressEN = v.Address, v.AddressEN
	}
	return out
}

func (b *Bank) appointmentsList(ctx context.Context, in CustomerIn) (Appointments, error) {
	rows, err := recordsOf[appointment](ctx, b, b.pool, in.Customer, "appointment")
	if err != nil {
		return Appointments{}, err
	}
	out := Appointments{Appointments: []Appointment{}}
	today := b.now().Format(time.DateOnly)
	for _, r := range rows {
		if r.Status == "booked" && r.Value.Date >= today {
			out.Appointments = append(out.Appointments, r.Value.view(r.ID))
		}
	}
	slices.SortStableFunc(out.Appointments, func(x, y Appointment) int { return cmp.Compare(x.Date+x.Time, y.Date+y.Time) })
	return out, nil
}

// dayToVisit judges a day: nil when the branch takes bookings for it.
func (b *Bank) dayToVisit(r branchRow, date, matter string) (time.Time, *Refusal) {
	now := b.now()
	day, err := time.ParseInLocation(time.DateOnly, date, b.cfg.Zone)
	if err != nil {
		return day, refuse("date_unclear", "没有看懂这个日期，请再说一次，比如“明天”或“12月3日”。", "That date is not clear. Please say it again, such as tomorrow.")
	}
	if service, zh, en := "", "", ""; matter != "" {
		zh, en, _, _, service, _ = matterOf(matter)
		if service != "" && !strings.Contains(r.Services, service) {
			return day, refuse("service_missing", fmt.Sprintf("%s不办%s，请换一家网点。", r.Short, zh), fmt.Sprintf("%s does not do this: %s. Please choose another branch.", r.NameEN, strings.ToLower(en)))
		}
	}
	if day.Before(midnight(now)) {
		return day, refuse("date_past", "这一天已经过了，请换一天。", "That day has passed. Please choose another.")
	}
	if day.After(midnight(now).AddDate(0, 0, bookWithin)) {
		last := now.AddDate(0, 0, bookWithin)
		return day, refuse("date_too_far", "网点最多提前14天预约，最远可以约到"+last.Format("1月2日")+"。", "Visits can be booked 14 days ahead, until "+last.Format("2 Jan")+".")
	}
	if h, why, whyEN := r.hours(day); h == "" {
		next := r.nextOpen(day)
		return day, refuse("branch_closed", fmt.Sprintf("%s%s（%s）不营业，%s。最近的营业日是%s%s。", r.Short, day.Format("1月2日"), weekdayZH(day), why, next.Format("1月2日"), weekdayZH(next)),
			fmt.Sprintf("%s is not open on %s: %s. The next day it opens is %s.", r.NameEN, day.Format("Mon 2 Jan"), whyEN, next.Format("Mon 2 Jan")))
	}
	return day, nil
}

// free gives the half hours of a day that are left.
func (b *Bank) free(ctx context.Context, db querier, r branchRow, day time.Time) ([]Slot, error) {
	type booked struct {
		Time string
		N    int
	}
	rows, err := many[booked](ctx, b, db, "BookedAt", r.ID, day.Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	now := b.now()
	var out []Slot
	for _, w := range r.windows(day) {
		if day.Format(time.DateOnly) == now.Format(time.DateOnly) && w <= now.Format("15:04") {
			continue
		}
		left := r.capacity()
		for _, k := range rows {
			if k.Time == w {
				left -= k.N
			}
		}
		if left > 0 {
			out = append(out, Slot{ID: w, Name: clockZH(w), NameEN: w, Left: left})
		}
	}
	return out, nil
}

func (b *Bank) appointmentSlots(ctx context.Context, in SlotsIn) (Slots, error) {
	out := Slots{Slots: []Slot{}}
	r, err := branchOf(in.Branch)
	if err != nil {
		return out, err
	}
	day, no := b.dayToVisit(r, in.Date, in.Matter)
	if no != nil {
		out.Refusal = no
		out.Next = r.nextOpen(day).Format(time.DateOnly)
		return out, nil //nolint:nilerr // a refusal is the answer, not a fault
	}
	free, err := b.free(ctx, b.pool, r, day)
	if err != nil {
		return out, err
	}
	if len(free) == 0 {
		out.Full, out.Next = true, r.nextOpen(day).Format(time.DateOnly)
		out.Refusal = refuse("slot_full", r.Short+day.Format("1月2日")+"已经约满，请换一天或换一家网点。", r.NameEN+" is booked out on "+day.Format("2 Jan")+". Please choose another day or branch.")
		return out, nil
	}
	mine, err := b.appointmentsList(ctx, in.CustomerIn)
	if err != nil {
		return out, err
	}
	for _, m := range mine.Appointments {
		if m.Date == in.Date && m.ID != in.Moving {
			out.Refusal = twiceADay(m)
			return out, nil
		}
	}
	out.Slots = free
	return out, nil
}

func twiceADay(m Appointment) *Refusal {
	return refuse("appointment_twice", fmt.Sprintf("您那天已经约了%s %s，一天只能约一次。可以改约那一个。", m.Name, m.Time),
		fmt.Sprintf("You already have a visit that day at %s, %s. One a day can be booked; you can move that one.", m.NameEN, m.Time))
}

func (b *Bank) appointmentBook(ctx context.Context, tx pgx.Tx, a act, in BookIn) (Appointment, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Appointment{}, orRefuse(err, unknownCustomer())
	}
	zh, en, _, _, _, ok := matterOf(in.Matter)
	if !ok {
		return Appointment{}, refuse("matter_unknown", "没有这种预约业务，请重新选择。", "There is no such kind of visit. Please choose again.")
	}
	r, err := b.takeSlot(ctx, tx, in.CustomerIn, in.Branch, in.Date, in.Time, in.Matter, "")
	if err != nil {
		return Appointment{}, err
	}
	number, err := b.number(ctx, tx, "Y", a.now)
	if err != nil {
		return Appointment{}, err
	}
	body := appointment{Branch: r.ID, Name: r.Short, NameEN: r.NameEN, Date: in.Date, Time: in.Time, Matter: in.Matter, MatterZH: zh, MatterEN: en, Number: number}
	if err := b.addRecord(ctx, tx, a, in.Customer, "appointment", in.Customer+"-"+number, "booked", body); err != nil {
		return Appointment{}, err
	}
	return b.toldAppointment(a, customer, in.Customer+"-"+number, body, "bank.appointment_book", "已约好"), nil
}

// takeSlot judges a half hour inside the act; two acts on one day at one branch
// wait for each other.
func (b *Bank) takeSlot(ctx context.Context, tx pgx.Tx, who CustomerIn, branch, date, at, matter, moving string) (branchRow, error) {
	r, err := branchOf(branch)
	if err != nil {
		return r, err
	}
	if _, err := tx.Exec(ctx, b.q("AppointmentLock"), branch+date); err != nil {
		return r, fmt.Errorf("wait for the day's bookings: %w", err)
	}
	day, no := b.dayToVisit(r, date, matter)
	if no != nil {
		return r, no
	}
	mine, err := recordsOf[appointment](ctx, b, tx, who.Customer, "appointment")
	if err != nil {
		return r, err
	}
	for _, m := range mine {
		if m.Status == "booked" && m.Value.Date == date && m.ID != moving {
			return r, twiceADay(m.Value.view(m.ID))
		}
	}
	free, err := b.free(ctx, tx, r, day)
	if err != nil {
		return r, err
	}
	if !slices.ContainsFunc(free, func(s Slot) bool { return s.ID == at }) {
		return r, refuse("slot_full", at+"刚被约走了，请换一个时间。", "The half hour at "+at+" has just been taken. Please choose another.")
	}
	return r, nil
}

func (b *Bank) toldAppointment(a act, c customerRow, id string, p appointment, operation, done string) Appointment {
	out := p.view(id)
	a.tell(Event{Kind: EventChange, Customer: c.ID, Operation: operation, Number: p.Number, Counterparty: p.Name})
	a.tell(Event{Kind: EventSMS, Customer: c.ID, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】%s：%s %s，办%s，预约号%s。", done, p.Name, out.When, p.MatterZH, p.Number)})
	return out
}

// booked reads a visit that can still be changed.
func (b *Bank) booked(ctx context.Context, tx pgx.Tx, a act, customer, id string) (record[appointment], error) {
	r, ok, err := recordOf[appointment](ctx, b, tx, customer, "appointment", id)
	if err != nil || !ok || r.Status != "booked" {
		return r, orRefuse(err, refuse("appointment_unknown", "没有查到这个预约，可能已经取消了。", "That visit was not found; it may have been cancelled."))
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", r.Value.Date+" "+r.Value.Time, b.cfg.Zone)
	if err != nil {
		return r, fmt.Errorf("read the visit %s: %w", id, err)
	}
	if a.now.Add(30 * time.Minute).After(at) {
		return r, refuse("too_late", "离约好的时间不到半小时，不能再改了。来不了也没关系，号会自动作废。", "It is less than half an hour to the visit, so it can no longer be changed. If you can't come, it simply lapses.")
	}
	return r, nil
}

func (b *Bank) appointmentMove(ctx context.Context, tx pgx.Tx, a act, in MoveIn) (Appointment, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Appointment{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.booked(ctx, tx, a, in.Customer, in.Appointment)
	if err != nil {
		return Appointment{}, err
	}
	if _, err := b.takeSlot(ctx, tx, in.CustomerIn, r.Value.Branch, in.Date, in.Time, r.Value.Matter, r.ID); err != nil {
		return Appointment{}, err
	}
	body := r.Value
	body.Date, body.Time = in.Date, in.Time
	if err := b.changeRecord(ctx, tx, a, r.ID, "booked", body); err != nil {
		return Appointment{}, err
	}
	return b.toldAppointment(a, customer, r.ID, body, "bank.appointment_move", "已改约"), nil
}

func (b *Bank) appointmentCancel(ctx context.Context, tx pgx.Tx, a act, in AppointmentIn) (Appointment, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Appointment{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.booked(ctx, tx, a, in.Customer, in.Appointment)
	if err != nil {
		return Appointment{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "cancelled", r.Value); err != nil {
		return Appointment{}, err
	}
	return b.toldAppointment(a, customer, r.ID, r.Value, "bank.appointment_cancel", "已取消预约"), nil
}
