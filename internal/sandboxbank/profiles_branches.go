package sandboxbank

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
)

//go:embed profiles_branches.csv
var branchTable string

// videoCounter is the branch that is no place: a clerk on video.
const videoCounter = "V001"

// branchRow is a branch as the core knows it; hours are "09:00-17:00", empty for
// closed.
type branchRow struct {
	ID, Name, Short, NameEN, City, CityEN, District, DistrictEN, Address, AddressEN string
	Weekday, Weekend                                                                string
	Counters                                                                        int
	StepFree                                                                        bool
	Services, ServicesEN                                                            string
}

func branchRows() ([]branchRow, error) {
	lines, err := csv.NewReader(strings.NewReader(branchTable)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the branches: %w", err)
	}
	out := []branchRow{{
		ID: videoCounter, Name: "视频柜台", Short: "视频柜台", NameEN: "Video counter", Address: "在手机上连线，不用出门", AddressEN: "on your phone, no trip needed",
		Weekday: "08:00-20:00", Weekend: "08:00-20:00", Counters: 6, StepFree: true, Services: "个人、银行卡、资料", ServicesEN: "personal, cards, details",
	}}
	for i, l := range lines {
		if i == 0 {
			continue
		}
		counters, err := strconv.Atoi(l[12])
		if err != nil {
			return nil, fmt.Errorf("branch %s: counters: %w", l[0], err)
		}
		out = append(out, branchRow{
			ID: l[0], Name: l[1], Short: l[2], NameEN: l[3], City: l[4], CityEN: l[5], District: l[6], DistrictEN: l[7], Address: l[8], AddressEN: l[9],
			Weekday: l[10], Weekend: l[11], Counters: counters, StepFree: l[13] == "yes", Services: l[14], ServicesEN: l[15],
		})
	}
	return out, nil
}

func branchOf(id string) (branchRow, error) {
	rows, err := branchRows()
	if err != nil {
		return branchRow{}, err
	}
	for _, r := range rows {
		if r.ID == id {
			return r, nil
		}
	}
	return branchRow{}, refuse("branch_unknown", "没有查到这家网点，请重新选择。", "That branch was not found. Please choose again.")
}

// homeCities are the cities that customers of a region are shown.
func homeCities(region string) []string {
	switch region {
	case "江苏":
		return []string{"苏州", "南京"}
	case "浙江":
		return []string{"杭州"}
	case "四川":
		return []string{"成都", "绵阳"}
	case "山东":
		return []string{"青岛"}
	case "湖北":
		return []string{"武汉"}
	case "广东":
		return []string{"深圳", "广州"}
	case "福建":
		return []string{"厦门"}
	case "辽宁":
		return []string{"沈阳"}
	}
	return []string{region}
}

// holiday says what the calendar makes of a day: 休 for closed, 班 for a working
// weekend, empty for neither; name is the festival's.
func holiday(day time.Time) (kind, name, nameEN string) {
	switch day.Format(time.DateOnly) {
	case "2026-09-20", "2026-10-10":
		return "班", "国庆节调班", "working weekend"
	case "2026-09-25", "2026-09-26", "2026-09-27":
		return "休", "中秋节", "Mid-Autumn Festival"
	case "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07":
		return "休", "国庆节", "National Day"
	case "2027-01-01", "2027-01-02", "2027-01-03":
		return "休", "元旦", "New Year's Day"
	}
	return "", "", ""
}

// hours are a branch's opening hours of a day, empty when it is closed, and why.
func (r branchRow) hours(day time.Time) (hours, why, whyEN string) {
	if r.ID == videoCounter {
		return r.Weekday, "", ""
	}
	kind, name, nameEN := holiday(day)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	switch {
	case kind == "休":
		return "", name, nameEN
	case weekend && kind != "班":
		if r.Weekend == "" {
			return "", "周末休息", "closed at weekends"
		}
		return r.Weekend, "", ""
	}
	return r.Weekday, "", ""
}

// nextOpen is the first day after day on which the branch opens.
func (r branchRow) nextOpen(day time.Time) time.Time {
	for range 14 {
		day = day.AddDate(0, 0, 1)
		if h, _, _ := r.hours(day); h != "" {
			break
		}
	}
	return day
}

// windows are the half hours that can be booked on a day, as "09:00".
func (r branchRow) windows(day time.Time) []string {
	h, _, _ := r.hours(day)
	from, to, ok := strings.Cut(h, "-")
	if !ok {
		return nil
	}
	start, err := time.Parse("15:04", from)
	if err != nil {
		return nil
	}
	end, err := time.Parse("15:04", to)
	if err != nil {
		return nil
	}
	var out []string
	for t := start; !t.Add(30 * time.Minute).After(end); t = t.Add(30 * time.Minute) {
		out = append(out, t.Format("15:04"))
	}
	return out
}

// capacity is how many may book one half hour.
func (r branchRow) capacity() int {
	if r.Counters <= 2 {
		return 1
	}
	return 2
}

func weekdayZH(day time.Time) string {
	return "周" + []string{"日", "一", "二", "三", "四", "五", "六"}[day.Weekday()]
}

// clockZH says a half hour as people do: 上午9点半.
func clockZH(at string) string {
	t, err := time.Parse("15:04", at)
	if err != nil {
		return at
	}
	part, hour := "上午", t.Hour()
	switch {
	case hour == 12:
		part = "中午"
	case hour > 12:
		part, hour = "下午", hour-12
	}
	out := part + strconv.Itoa(hour) + "点"
	if t.Minute() == 30 {
		out += "半"
	}
	return out
}
