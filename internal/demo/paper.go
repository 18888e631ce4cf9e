package demo

import (
	"regexp"
	"time"

	"github.com/pingdui/pingdui/assistant"
)

var lastDigits = regexp.MustCompile(`\d{4}$`)

// Paper is what stands on the sample paper that a stranger may photograph where a
// flow asks for a document nobody at a demo has: its lines, the first the title.
// What the product can know of the scripted customer is right, the rest is made up.
func Paper(q assistant.Request, standing assistant.Standing, today time.Time) []string {
	name := standing.Customer.Name
	if name == "" {
		name = "访客"
	}
	lines := []string{q.Title + "（示例）"}
	known := map[string]string{
		"name":        "姓名：" + name,
		"payee":       "收款方：云庭置业有限公司",
		"authority":   "签发机关：示例市公安局",
		"income":      "月收入：12000元",
		"place":       "地点：示例市云亭路18号",
		"amount":      "金额：128.00",
		"date":        "日期：" + today.AddDate(0, -1, 0).Format(time.DateOnly),
		"valid_until": "有效期限：" + today.AddDate(-1, 0, 0).Format("2006.01.02") + "-" + today.AddDate(9, 0, 0).Format("2006.01.02"),
	}
	for _, row := range standing.View.Slots {
		if digits := lastDigits.FindString(row.Value); digits != "" {
			known["card_tail"] = "卡号：6214 8300 0000 " + digits
		}
	}
	for _, field := range q.Fields {
		if line := known[field]; line != "" {
			lines = append(lines, line)
		}
	}
	return append(lines, "示例银行演示材料，没有任何效力")
}
