// Package alert decides when somebody must be told: Donna's alert rules, what
// state each is in, and the messages that are still to be sent.
//
// A rule judges figures of package data and computes none. It may hold for
// several subjects at once (containers, disks, breakers); each has a life of its
// own:
//
//	ok → pending → firing → resolved → ok
//
// Pending is a condition that doesn't hold for long enough yet. A rule whose
// source is absent, stale or has failed is unknown: it then neither fires nor
// resolves, and goes on where it was when the source is back.
//
// [Engine.Evaluate] moves the rules on and puts messages into the outbox, and
// [Engine.Deliver] takes them to their routes. Both, and the outbox with them,
// are written to disk before anything is sent, so that a restart neither repeats
// nor forgets: a message is sent again only if the program died between the
// service's answer and the next write.
//
// How messages leave the house is not known here: see [Notifier] and package
// notify.
package alert
