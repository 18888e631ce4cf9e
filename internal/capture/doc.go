// Package capture takes the pictures and films that customers give where a flow
// asks for one, keeps them, and reads off them what the flow wants to know.
//
// # What holds
//
//   - A picture is taken only for a request that a flow of the same conversation has
//     made and that is still open; one request takes one picture, and the same
//     picture sent twice is the same one.
//   - A picture is decoded and drawn anew before it is kept: what else its file
//     held (the place it was taken, the phone's name, anything that is no picture)
//     is gone. Its kind is what its bytes say, never what its sender says.
//   - Pictures and what was read off them are sealed under the customer's own key.
//   - Nothing read is a fact: what was read surely is shown to the customer, who
//     says that it is right; what was read unsurely is asked, one thing at a time;
//     what was not found is asked for. The dialogue sees to that; this package says
//     how sure it is and never fills in what it did not see.
//   - A conversation hears of its picture once, also over the loss of the node that
//     reads it: the input's id is the picture's own.
//   - Who of the staff looks at a picture stands in the audit log first.
package capture
