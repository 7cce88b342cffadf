/* The calls that agents make, what they do to the world, and the menus from which programs are drawn. */

#define READ   1        /* tells the value */
#define SEARCH 2        /* tells the value; is not cheap to read again: its notices tell of the overlap alone */
#define SCAN   3        /* tells both objects' values */
#define PUT    4        /* blind: a constant of the rank */
#define DERIVE 5        /* blind: made from what the agent was last told */
#define ADD    6        /* read-modify-write that does not commute; tells nothing */
#define FETCH  7        /* the same, and tells the value that it found */
#define EDIT   8        /* the same, tells nothing, and fails on odd values */
#define ONCE   9        /* the same, not replay-safe: displaced instead of replayed */
#define COPY   10       /* blind: made from the other object's value */
#define SEND   11       /* irreversible; made from what the agent was last told */
#define ABORT  12       /* the agent takes everything back and ends */

#define IS_READ(s)  (KIND(s) >= READ && KIND(s) <= SCAN)
#define IS_WRITE(s) (KIND(s) >= PUT && KIND(s) <= SEND)
#define IS_BLIND(s) (KIND(s) == PUT || KIND(s) == DERIVE)
#define TELLS(s)    (IS_READ(s) || KIND(s) == FETCH)
#define BOTH(s)     (KIND(s) == SCAN || KIND(s) == COPY)

/* Values are 0..14. What call s sees in, and leaves in, the world V; x is what its agent was last told. */
#define SEEN(s, V)    (KIND(s) == SCAN -> V[0] * 16 + V[1] : V[OBJ(s)])
#define WORKS(s, V)   (KIND(s) != EDIT || V[OBJ(s)] % 2 == 0)
#define DERIVED(s, x) (((x) + 4 + RANK(s)) % 15)
#define EFFECT(s, V) \
    (KIND(s) == PUT -> RANK(s) + 1 : \
    (KIND(s) == DERIVE || KIND(s) == SEND -> arg[s] : \
    (KIND(s) == COPY -> (V[1 - OBJ(s)] + 5) % 15 : \
     (2 * V[OBJ(s)] + RANK(s) + 1) % 15)))

#define X(kind) ((kind) * 2)
#define Y(kind) ((kind) * 2 + 1)

inline program(a, c0, c1, c2) {
    op[SLOT(a,0)] = c0; op[SLOT(a,1)] = c1; op[SLOT(a,2)] = c2
}

inline one_of(a, c) {
    program(a, c, 0, 0)
}

/* QUICK leaves out a third of each menu. */
inline draw(a) {
    if
#if FAMILY == 1         /* premises: writes made from reads */
    :: program(a, X(PUT), 0, 0)
    :: program(a, Y(READ), X(DERIVE), 0)
    :: program(a, X(READ), X(DERIVE), X(READ))
    :: program(a, X(FETCH), Y(DERIVE), 0)
#ifndef QUICK
    :: program(a, X(READ), Y(DERIVE), 0)
    :: program(a, Y(ADD), X(ADD), 0)
#endif
#elif FAMILY == 2       /* reach: calls on both objects */
    :: program(a, X(ADD), Y(PUT), 0)
    :: program(a, X(COPY), X(ADD), 0)
    :: program(a, Y(COPY), 0, 0)
    :: program(a, X(SCAN), X(DERIVE), 0)
#ifndef QUICK
    :: program(a, Y(SEARCH), X(DERIVE), 0)
    :: program(a, Y(FETCH), X(DERIVE), Y(ADD))
#endif
#elif FAMILY == 3       /* failures: calls that fail, or are displaced */
    :: program(a, X(EDIT), X(READ), Y(DERIVE))
    :: program(a, X(PUT), Y(ADD), 0)
    :: program(a, X(ONCE), Y(READ), 0)
    :: program(a, Y(COPY), 0, 0)
#ifndef QUICK
    :: program(a, X(EDIT), Y(EDIT), 0)
    :: program(a, Y(READ), X(DERIVE), X(EDIT))
#endif
#elif FAMILY == 4       /* ends: what cannot be taken back, and what is taken back altogether */
    :: program(a, X(READ), Y(SEND), 0)
    :: program(a, X(ADD), Y(ADD), ABORT * 2)
    :: program(a, Y(READ), X(DERIVE), 0)
    :: program(a, Y(COPY), X(ONCE), ABORT * 2)
#ifndef QUICK
    :: program(a, X(READ), Y(DERIVE), X(SEND))
    :: program(a, X(ADD), 0, 0)
#endif
#elif FAMILY == 5       /* any-call: one call each, every kind */
    :: one_of(a, X(READ)) :: one_of(a, X(SCAN)) :: one_of(a, X(PUT)) :: one_of(a, X(ADD)) :: one_of(a, X(FETCH))
    :: one_of(a, X(EDIT)) :: one_of(a, X(COPY)) :: one_of(a, X(SEND)) :: one_of(a, Y(READ)) :: one_of(a, Y(COPY))
#ifndef QUICK
    :: one_of(a, X(SEARCH)) :: one_of(a, X(ONCE)) :: one_of(a, Y(SEARCH)) :: one_of(a, Y(PUT)) :: one_of(a, Y(ADD))
#endif
#elif FAMILY == 6       /* beneath: blind writes on and under others */
    :: program(a, X(PUT), Y(PUT), 0)
    :: program(a, X(READ), X(DERIVE), Y(DERIVE))
    :: program(a, X(FETCH), X(DERIVE), 0)
    :: program(a, X(COPY), X(PUT), 0)
#ifndef QUICK
    :: program(a, X(EDIT), X(ONCE), 0)
#endif
#endif
    fi
}

inline draw_programs() {
    draw(0); draw(1); draw(2)
}
