package flow

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Schema is the JSON Schema (draft 2020-12) of a flow file, made from the same
// types that read it, so that an editor and Parse never disagree on a key.
func Schema() ([]byte, error) {
	defs := map[string]any{}
	root := schemaOf(reflect.TypeFor[Flow](), defs)
	doc := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Pingdui flow", "$defs": defs, "required": []string{"flow", "name", "level", "steps"},
	}
	for k, v := range root {
		doc[k] = v
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("flow schema: %w", err)
	}
	return b, nil
}

func schemaOf(t reflect.Type, defs map[string]any) map[string]any {
	switch {
	case t == reflect.TypeFor[Names]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}}
	case t == reflect.TypeFor[Text]():
		return map[string]any{
			"type": "object", "required": []string{"zh", "en"}, "additionalProperties": false,
			"properties": map[string]any{"zh": map[string]any{"type": "string"}, "en": map[string]any{"type": "string"}, "zh-elder": map[string]any{"type": "string"}, "en-elder": map[string]any{"type": "string"}},
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), defs)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), defs)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), defs)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Struct:
		return structSchema(t, defs)
	default:
		return map[string]any{}
	}
}

// structSchema puts every struct but the outermost under $defs, once.
func structSchema(t reflect.Type, defs map[string]any) map[string]any {
	ref := map[string]any{"$ref": "#/$defs/" + t.Name()}
	if _, known := defs[t.Name()]; known {
		return ref
	}
	defs[t.Name()] = nil // a type that holds itself ends here
	props := map[string]any{}
	properties(t, defs, props)
	own := map[string]any{"type": "object", "additionalProperties": false, "properties": props}
	if t == reflect.TypeFor[Flow]() {
		delete(defs, t.Name())
		return own
	}
	defs[t.Name()] = own
	return ref
}

// properties gathers the keys of a struct, and of those inlined in it.
func properties(t reflect.Type, defs, props map[string]any) {
	for i := range t.NumField() {
		tag, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			properties(t.Field(i).Type, defs, props)
		case tag != "" && tag != "-":
			props[tag] = schemaOf(t.Field(i).Type, defs)
			if known := knownValues(t.Field(i)); known != nil {
				props[tag] = map[string]any{"type": "array", "items": map[string]any{"enum": known}}
			}
		}
	}
}

// knownValues are the values that a field which is a list may hold, from its enum
// tag; nil for any value.
func knownValues(f reflect.StructField) []string {
	if tag := f.Tag.Get("enum"); tag != "" {
		return strings.Split(tag, ",")
	}
	return nil
}
