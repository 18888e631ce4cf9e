package seed

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed records/*.yaml
var recordFiles embed.FS

// Record is one thing the bank keeps for a customer besides accounts, cards and
// payees: a mandate, a bill, a loan, a holding. Kind says what stands in Body.
type Record struct {
	ID       string         `yaml:"id"`
	Customer string         `yaml:"customer"`
	Kind     string         `yaml:"kind"`
	Status   string         `yaml:"status"`
	Body     map[string]any `yaml:"body"`
}

// LoadRecords reads the records of the cast, with every text "@+3d" or "@-2d"
// in a body replaced by the date so many days from today.
func LoadRecords(today time.Time) ([]Record, error) {
	entries, err := recordFiles.ReadDir("records")
	if err != nil {
		return nil, fmt.Errorf("list the records: %w", err)
	}
	var all []Record
	seen := map[string]string{}
	for _, entry := range entries {
		text, err := recordFiles.ReadFile("records/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the records: %w", err)
		}
		var some []Record
		if err := yaml.UnmarshalWithOptions(text, &some, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		for _, r := range some {
			if other, twice := seen[r.ID]; twice || r.ID == "" || r.Customer == "" || r.Kind == "" || r.Status == "" {
				return nil, fmt.Errorf("%s: record %q needs an id of its own (another stands in %q), customer, kind and status", entry.Name(), r.ID, other)
			}
			seen[r.ID] = entry.Name()
			r.Body, _ = dated(r.Body, today).(map[string]any)
			all = append(all, r)
		}
	}
	return all, nil
}

var days = regexp.MustCompile(`^@([+-]\d{1,5})d$`)

func dated(v any, today time.Time) any {
	switch v := v.(type) {
	case string:
		if m := days.FindStringSubmatch(v); m != nil {
			n, _ := strconv.Atoi(m[1]) // five digits at most
			return today.AddDate(0, 0, n).Format(time.DateOnly)
		}
	case map[string]any:
		for k, x := range v {
			v[k] = dated(x, today)
		}
	case []any:
		for i, x := range v {
			v[i] = dated(x, today)
		}
	}
	return v
}
