/* The rows, what is known outside them, and the transactions: each one atomic step of
   handover.pml. */

#define LETTERS NEWS             /* the first letter, behind the messages to police */
#define ALL (NEWS + STEPS)
#define FIRST(l) ((l) == 0 -> 0 : LETTERS)
#define END(l) ((l) == 0 -> NEWS : ALL)

#define ABSENT 0                 /* a delivery: */
#define WAITING 1
#define TAKEN 2
#define UNREACHABLE 3            /* what came back of an attempt: TAKEN, or */
#define REFUSED 4
#define OPEN 1                   /* the obligation; ABSENT before the report */
#define DISCHARGED 2
#define STANDS 1                 /* an acknowledgement; ABSENT before it */
#define UNDONE 2

/* The rows. */
typedef Lease { bit there; unsigned token : 2; bit live };  /* lane: `there` says it is due */
unsigned obligation : 2;
unsigned discharged_by : 2;      /* which answer, counted from 1 */
bit counted;                     /* next_step_at is set */
byte answer[ANSWERS + 1];
bit told[STEPS + 1];
byte delivery[ALL + 1];
bit straggling[ALL + 1];
Lease lane[2];                   /* of police, of people */
Lease row[ALL + 1];              /* stragglers */

/* The world, and what processes know. */
bit healed;
unsigned clock : 3;              /* step i is due from i + 1 on */
bit heard;                       /* the desk has its 201 */
bit answer_heard[ANSWERS + 1];
bit update_sent;                 /* once at least */
bit got[ALL + 1];                /* the receiver has it */
byte holds[DISPATCHERS + 1];  /* 1 + lane, or 3 + straggler */
bit fresh[DISPATCHERS + 1];      /* its lease has not run out */

/* The promises of which each is either kept or found broken. */
hidden byte nothing_is_lost = 1;
hidden byte saved_once = 1;
hidden byte only_a_person_ends_it = 1;
hidden byte an_answer_ends_it = 1;
hidden byte undone_stays_undone = 1;
hidden byte taken_was_received = 1;
hidden byte taken_stays_taken = 1;
hidden byte all_is_within_reach = 1;
hidden byte in_order = 1;
hidden byte alone_in_its_lane = 1;
hidden byte decided_once = 1;
hidden byte never_early = 1;
hidden byte told_while_owed = 1;
hidden byte told_has_its_letter = 1;
hidden byte never_seen = 1;      /* no promise: what must be found, lest a search look at nothing */

#define broken(promise) promise = 0; assert(promise)
#define keeps(condition, promise) if :: condition :: else -> broken(promise) fi

#define FREE(lease) (lease.there && (lease.token == 0 || !lease.live))
#define MINE(lease) (lease.token == me)
#ifdef PLANT_NO_FENCING
#undef MINE
#define MINE(lease) true
#endif

/* Transactions. */

inline queue(n) {
    delivery[n] = WAITING;
#ifndef PLANT_LANE_NOT_WOKEN
    lane[(n < NEWS -> 0 : 1)].there = 1;
#else
    if :: n == FIRST(0) || n == LETTERS -> lane[(n < NEWS -> 0 : 1)].there = 1 :: else fi
#endif
}

inline save() {
    if
#ifndef PLANT_NO_KEYS
    :: obligation != ABSENT                       /* the key was kept with it: the same answer */
#endif
    :: else ->
        keeps(obligation == ABSENT, saved_once);
        obligation = OPEN;
        counted = 1;
#ifdef PLANT_QUEUE_AFTER_COMMIT
        goto committed;
#else
        queue(0)
#endif
    fi
}

inline acknowledge(k) {
    if
#ifndef PLANT_NO_ANSWER_KEYS
    :: answer[k] != ABSENT
#endif
    :: else ->
        keeps(answer[k] != UNDONE, undone_stays_undone);
        answer[k] = STANDS;
        if
        :: obligation == OPEN -> discharge(k + 1)
        :: else
        fi
    fi
}

inline discharge(by) {
    obligation = DISCHARGED;
    discharged_by = by;
    counted = 0
}

inline undo(k) {
    answer[k] = UNDONE;
#ifndef PLANT_UNDO_DOES_NOT_REOPEN
    if
    :: discharged_by == k + 1 -> owe_again()
    :: else
    fi
#endif
}

inline owe_again() {
    other = 0;
#ifndef PLANT_UNDO_SEES_NO_OTHER
    do
    :: other < ANSWERS && answer[other] != STANDS -> other++
    :: else -> break
    od;
#else
    other = ANSWERS;
#endif
    if
    :: other < ANSWERS -> discharged_by = other + 1
    :: else ->
        obligation = OPEN;
        discharged_by = 0;
#ifndef PLANT_UNDO_FORGETS_THE_LADDER
        counted = 1
#endif
    fi;
    other = 0
}

#define IS_DUE(i) (clock > i)
#ifdef PLANT_TELLS_EARLY
#undef IS_DUE
#define IS_DUE(i) (clock >= i)
#endif
#if STEPS == 0
#define A_STEP_IS_DUE false
#elif STEPS == 1
#define A_STEP_IS_DUE (IS_DUE(0) && !told[0])
#elif STEPS == 2
#define A_STEP_IS_DUE ((IS_DUE(0) && !told[0]) || (IS_DUE(1) && !told[1]))
#else
#define A_STEP_IS_DUE ((IS_DUE(0) && !told[0]) || (IS_DUE(1) && !told[1]) || (IS_DUE(2) && !told[2]))
#endif

/* What is due is read again under the lock, whatever was seen before. */
#define WANTS_TELLING(i) (obligation == OPEN && IS_DUE(i) && !told[i])
#ifdef PLANT_STEP_NOT_UNIQUE
#undef WANTS_TELLING
#define WANTS_TELLING(i) (obligation == OPEN && seen[i])
#endif
#ifdef PLANT_TELLS_AFTER_THE_ANSWER
#undef WANTS_TELLING
#define WANTS_TELLING(i) (IS_DUE(i) && !told[i])
#endif

inline decide() {
    i = 0;
    do
    :: i < STEPS && WANTS_TELLING(i) -> tell(i); i++
    :: i < STEPS && !WANTS_TELLING(i) -> i++
    :: else -> break
    od;
    i = 0
}

inline tell(i) {
    keeps(!told[i], decided_once);
    keeps(clock > i, never_early);
    keeps(obligation == OPEN, told_while_owed);
    told[i] = 1;
#ifndef PLANT_LETTER_AFTER_COMMIT
    queue(LETTERS + i)
#endif
}

/* The lane's lowest number; a lane with nothing to send rests. */
inline claim_lane(l) {
    d = FIRST(l);
    do
    :: d < END(l) && (delivery[d] != WAITING || straggling[d]) -> d++
    :: else -> break
    od;
    if
    :: d == END(l) -> d = ALL; lane[l].there = 0; lane[l].token = 0; lane[l].live = 0
    :: else -> hold(lane[l], 1 + l)
    fi
}

inline claim_row(n) {
    if
    :: delivery[n] != WAITING -> row[n].there = 0; row[n].token = 0; row[n].live = 0
    :: else -> d = n; late = 1; hold(row[n], 3 + n)
    fi
}

inline hold(lease, what) {
    other = 0;
    do
    :: other < DISPATCHERS ->
        keeps(!(holds[other] == what && fresh[other]), alone_in_its_lane);
        other++
    :: else -> break
    od;
    other = 0;
    lease.token = me; lease.live = 1;
    holds[me - 1] = what; fresh[me - 1] = 1;
#ifdef PLANT_MARK_BEFORE_SEND
    took()
#endif
}

#define AN_URGENT_BEHIND (NEWS > 1 && d == 0 && delivery[1] == WAITING && !straggling[1])

inline note() {
    if
    :: delivery[d] == TAKEN ->
#ifdef PLANT_LATE_FAILURE_WINS
        if :: came != TAKEN -> broken(taken_stays_taken) :: else fi;
#endif
        went()
    :: delivery[d] != TAKEN && came == TAKEN -> took(); went()
    :: delivery[d] != TAKEN && came == REFUSED && !late -> leave()
    :: delivery[d] != TAKEN && came == UNREACHABLE && !late && AN_URGENT_BEHIND -> leave()   /* stuck */
    :: delivery[d] != TAKEN && (came == UNREACHABLE || (came == REFUSED && late)) -> failed()
    fi
}

inline took() {
    keeps(got[d], taken_was_received);
    delivery[d] = TAKEN;
#ifdef PLANT_DISCHARGE_ON_TAKEN
    if :: d == 0 && obligation == OPEN -> discharge(0) :: else fi
#endif
}

inline went() {
    row[d].there = 0; row[d].token = 0; row[d].live = 0;
    if :: late :: else -> let_go() fi
}

inline leave() {
    straggling[d] = 1;
#ifndef PLANT_GIVES_UP
    row[d].there = 1;
#endif
    let_go()
}

inline let_go() {
    if
    :: MINE(lane[(d < NEWS -> 0 : 1)]) -> free(lane[(d < NEWS -> 0 : 1)])
    :: else
    fi
}

inline failed() {
    if
    :: late && row[d].there && MINE(row[d]) -> free(row[d])
    :: late && !(row[d].there && MINE(row[d]))
    :: !late -> let_go()
    fi
}

inline free(lease) { lease.token = 0; lease.live = 0 }
