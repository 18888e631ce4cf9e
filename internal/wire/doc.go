// Package wire holds every type that crosses a socket or a REST call: frames of
// the customer's and the staff's socket, REST bodies, error codes, close codes.
// They stand in one OpenAPI document (see Document), from which the web's types
// are made. Wire types are never stored and never decide anything.
package wire
