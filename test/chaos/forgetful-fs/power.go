package main

import (
	"math/rand/v2"
	"sync"
	"syscall"
)

type supply int

const (
	// Programs are served.
	on supply = iota
	// The power is gone, or there is a pause: no program gets an answer, good or bad, as none runs on a machine without power.
	off
	// The programs of before are ending: whatever they asked or ask fails.
	ending
)

// Power lets programs use a Disk, one at a time, until it is cut.
type Power struct {
	mu      sync.Mutex
	changed *sync.Cond
	supply  supply
	disk    *Disk
	seed    uint64
	cuts    uint64
	// Writes left before something happens; 0: nothing is to.
	left   int
	onLast func()
	onCut  func(Loss)
	// What was done since the start.
	figures Figures
}

// Figures count what programs did.
type Figures struct {
	Changes int `json:"changes"`
	Bytes   int `json:"bytes"`
	Namings int `json:"namings"`
	Syncs   int `json:"syncs"`
	Cuts    int `json:"cuts"`
}

// NewPower switches a disk on. Whoever cuts the power, onCut learns what it met.
func NewPower(disk *Disk, seed uint64, onCut func(Loss)) *Power {
	p := &Power{disk: disk, seed: seed, onCut: onCut}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// Use runs what a program asks of the disk, or fails with EIO once the power has been cut.
func (p *Power) Use(ask func(*Disk) syscall.Errno) syscall.Errno {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.use(ask)
}

func (p *Power) use(ask func(*Disk) syscall.Errno) syscall.Errno {
	if p.supply == on {
		return ask(p.disk)
	}
	for p.supply == off {
		p.changed.Wait()
	}
	return syscall.EIO
}

// Change is a Use that changes something.
func (p *Power) Change(ask func(*Disk) syscall.Errno) syscall.Errno {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.use(func(d *Disk) syscall.Errno {
		errno := ask(d)
		if errno == 0 {
			p.figures.Changes++
		}
		return errno
	})
}

// Write is a change of a file's data. If it waits for a sync, it counts for what is to happen after so many writes.
func (p *Power) Write(bytes int, waits bool, ask func(*Disk) syscall.Errno) syscall.Errno {
	return p.Change(func(d *Disk) syscall.Errno {
		errno := ask(d)
		if errno != 0 {
			return errno
		}
		p.figures.Bytes += bytes
		if waits && p.left > 0 {
			if p.left--; p.left == 0 {
				p.onLast()
			}
		}
		return 0
	})
}

// Sync covers what was done before it begins, and takes a while, in which the power may go.
func (p *Power) Sync(ino Ino, while func()) syscall.Errno {
	var mark Mark
	var era uint64
	errno := p.Use(func(d *Disk) (errno syscall.Errno) {
		era = p.cuts
		mark, errno = d.Mark(ino)
		return errno
	})
	if errno != 0 {
		return errno
	}
	while()
	return p.Use(func(d *Disk) syscall.Errno {
		if p.cuts != era {
			return syscall.EIO
		}
		p.figures.Syncs++
		return d.Sync(ino, mark)
	})
}

// Cut takes the power away now, if it is there.
func (p *Power) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.supply == on {
		p.cut((*Disk).Cut)
	}
}

// CutAfter takes it away right after so many further writes, before their sync.
func (p *Power) CutAfter(writes int) { p.after(writes, func() { p.cut((*Disk).Cut) }) }

// CutHarshlyAfter does, and then nothing is left that was not synced.
func (p *Power) CutHarshlyAfter(writes int) { p.after(writes, func() { p.cut((*Disk).CutHarshly) }) }

// PauseAfter answers no program any more right after so many further writes, and forgets nothing.
func (p *Power) PauseAfter(writes int, onPause func()) {
	p.after(writes, func() {
		p.supply = off
		onPause()
	})
}

func (p *Power) after(writes int, then func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.onLast = writes, then
}

func (p *Power) cut(how func(*Disk, *rand.Rand) Loss) {
	p.cuts++
	p.left = 0
	p.supply = off
	p.onCut(how(p.disk, rand.New(rand.NewPCG(p.seed, p.cuts))))
}

// End lets all that the programs of before have asked fail, so that they can be ended.
func (p *Power) End() { p.switchTo(ending) }

// On serves programs again.
func (p *Power) On() { p.switchTo(on) }

func (p *Power) switchTo(supply supply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.supply = supply
	p.changed.Broadcast()
}

// SyncAll makes all that is there durable, as if the machine had rested for a while.
func (p *Power) SyncAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disk.SyncAll()
}

// Figures so far.
func (p *Power) Figures() Figures {
	p.mu.Lock()
	defer p.mu.Unlock()
	figures := p.figures
	figures.Namings, figures.Cuts = int(p.disk.nextNaming), int(p.cuts)
	return figures
}
