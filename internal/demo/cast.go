// Package demo holds the people of the demonstration hall: who they are, not
// what they have (that stands in the sandbox bank).
package demo

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed cast.yaml
var castFile []byte

// Words is a text in Chinese and English.
type Words struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// Lines are sentences in Chinese and English.
type Lines struct {
	ZH []string `yaml:"zh"`
	EN []string `yaml:"en"`
}

// Customer is one customer of the cast.
type Customer struct {
	ID       string   `yaml:"id"`
	Name     Words    `yaml:"name"`
	Age      int      `yaml:"age"`
	Title    Words    `yaml:"title"`
	Edition  string   `yaml:"edition"`
	Locale   string   `yaml:"locale"`
	Region   string   `yaml:"region"`
	Audience []string `yaml:"audience"`
	Tags     []string `yaml:"tags"`
	Story    Words    `yaml:"story"`
	Lines    Lines    `yaml:"lines"`
	Hue      string   `yaml:"hue"`
}

// Certificate is what a member of staff may do by law, and until when.
type Certificate struct {
	Name string `yaml:"name"`
	// Until is a date; InDays, where given, counts from today and wins.
	Until  string `yaml:"until"`
	InDays *int   `yaml:"in_days"`
}

// Expires is the day the certificate ends, as of a day.
func (c Certificate) Expires(today time.Time) time.Time {
	if c.InDays != nil {
		return today.AddDate(0, 0, *c.InDays)
	}
	day, err := time.ParseInLocation(time.DateOnly, c.Until, today.Location())
	if err != nil {
		return time.Time{}
	}
	return day
}

// Staff is one member of staff.
type Staff struct {
	ID          string      `yaml:"id"`
	Name        Words       `yaml:"name"`
	Number      string      `yaml:"number"`
	Role        string      `yaml:"role"`
	Desk        Words       `yaml:"desk"`
	Skills      []string    `yaml:"skills"`
	Certificate Certificate `yaml:"certificate"`
	Languages   []string    `yaml:"languages"`
	Story       Words       `yaml:"story"`
	Hue         string      `yaml:"hue"`
	// Rest are fields only the hall's words use.
	Rest map[string]any `yaml:",inline"`
}

// Cast is everybody.
type Cast struct {
	Customers []Customer `yaml:"customers"`
	Anonymous Customer   `yaml:"anonymous"`
	Staff     []Staff    `yaml:"staff"`
}

// Load reads the cast.
func Load() (Cast, error) {
	var cast Cast
	if err := yaml.Unmarshal(castFile, &cast); err != nil {
		return Cast{}, fmt.Errorf("read the demo cast: %w", err)
	}
	return cast, nil
}

// Customer finds a customer by id.
func (c Cast) Customer(id string) (Customer, bool) {
	for _, one := range c.Customers {
		if one.ID == id || one.Name.ZH == id || one.Name.EN == id {
			return one, true
		}
	}
	return Customer{}, false
}

// Member finds a member of staff by id.
func (c Cast) Member(id string) (Staff, bool) {
	for _, one := range c.Staff {
		if one.ID == id || one.Number == id || one.Name.ZH == id {
			return one, true
		}
	}
	return Staff{}, false
}
