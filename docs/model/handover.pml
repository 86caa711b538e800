/* How one report is handed over: saved, sent, told, answered, undone.

   Each durable transaction is one atomic step. Whatever may go wrong may go wrong any number of
   times, until `healed`; from then on nothing does, and everything must come to rest.
   README.md says which step stands for which function, and what is left out. */

/* Bounds: check.py sets them. */
#ifndef NEWS
#define NEWS 2        /* messages to police: the alert, then an urgent update */
#endif
#ifndef STEPS
#define STEPS 1       /* of the ladder: each has a letter to people */
#endif
#ifndef ANSWERS
#define ANSWERS 1     /* acknowledgements, each of which may be undone */
#endif
#ifndef DISPATCHERS
#define DISPATCHERS 2
#endif
#ifndef ESCALATORS
#define ESCALATORS 1
#endif

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

/* Processes. */

#define ANSWER(k) \
    :: atomic { obligation != ABSENT && !answer_heard[k] -> acknowledge(k); answer_heard[k] = 1 } \
    :: atomic { obligation != ABSENT && !answer_heard[k] && !healed -> acknowledge(k) } \
    :: atomic { answer[k] == STANDS -> undo(k) }

/* The desk reports and updates; officers answer; a mistaken answer is undone. An answer that is
   lost is asked for again, with the same key. */
proctype People() {
    byte other = 0;
end_people:
    do
    :: atomic { !heard -> save(); heard = 1 }
    :: atomic { !heard && !healed -> save() }             /* saved; the answer lost */
#ifdef PLANT_BELIEVES_EVERY_COMMIT
    :: atomic { !heard && !healed -> heard = 1 }          /* not saved, and nobody looked */
#endif
#if NEWS > 1
    :: atomic { obligation != ABSENT && delivery[1] == ABSENT -> queue(1) }
#endif
#if ANSWERS > 0
    ANSWER(0)
#endif
#if ANSWERS > 1
    ANSWER(1)
#endif
#ifdef PLANT_ANYBODY_DISCHARGES
    :: atomic { obligation == OPEN -> discharge(0) }      /* no name, or a machine's answer */
#endif
#ifdef PLANT_QUEUE_AFTER_COMMIT
    :: false ->
committed:
        atomic {
            if
            :: queue(0)
            :: !healed                                    /* killed between the two */
            fi;
            heard = 1
        }
#endif
    od
}

inline send() {
    if
    :: NEWS > 1 && d == 1 && !update_sent -> keeps(got[0] || straggling[0], in_order); update_sent = 1
    :: else
    fi
}

inline forget() {
    d = ALL; late = 0; came = 0;
    holds[me - 1] = 0; fresh[me - 1] = 0
}

/* One errand at a time; a process of the service runs many of these at once. */
proctype Dispatcher(byte me) {
    byte d = ALL, other = 0;
    unsigned came : 3;
    bit late = 0;
end_idle:
    atomic {
        if
        :: FREE(lane[0]) -> claim_lane(0)
        :: FREE(row[0]) -> claim_row(0)
#if NEWS > 1
        :: FREE(row[1]) -> claim_row(1)
#endif
#if STEPS > 0
        :: FREE(lane[1]) -> claim_lane(1)
        :: FREE(row[LETTERS]) -> claim_row(LETTERS)
#endif
#if STEPS > 1
        :: FREE(row[LETTERS + 1]) -> claim_row(LETTERS + 1)
#endif
#if STEPS > 2
        :: FREE(row[LETTERS + 2]) -> claim_row(LETTERS + 2)
#endif
#ifdef PLANT_LANE_NOT_LOCKED
        :: d == ALL && NEWS > 1 && delivery[1] == WAITING && !straggling[1] ->
            d = 1; holds[me - 1] = 4; fresh[me - 1] = 1   /* a delivery, whatever its lane does */
#endif
        fi;
        if :: d == ALL -> goto end_idle :: else fi
    }
claimed:
    atomic {
        if
        :: !healed -> forget(); goto end_idle             /* killed, or the claim's answer lost */
        :: send(); got[d] = 1; came = TAKEN
        :: !healed -> send(); got[d] = 1; came = UNREACHABLE
        :: !healed -> send(); came = UNREACHABLE
        :: !healed -> send(); came = REFUSED
        fi
    }
sent:
    atomic {
        if
        :: !healed -> forget(); goto end_idle             /* killed before it is noted */
        :: !healed -> note(); fresh[me - 1] = 0           /* noted, unknown whether: once more */
        :: note(); forget(); goto end_idle
        fi
    }
    goto sent
}

/* Sees that something is due; what it is, it decides in a transaction. */
proctype Escalator() {
    bit sees = 0;
    byte i = 0;
#ifdef PLANT_STEP_NOT_UNIQUE
    bit seen[STEPS];
#endif
end_escalator:
    do
    :: atomic { !sees && A_STEP_IS_DUE && counted -> sees = 1;
#ifdef PLANT_STEP_NOT_UNIQUE
        seen[0] = IS_DUE(0) && !told[0]
#endif
    }
    :: atomic { sees && !healed -> sees = 0 }             /* killed, or not saved */
    :: atomic { sees -> decide(); sees = 0 }
    od
}

#define ABANDONED(lease, what) (lease.live && holds[lease.token - 1] != what)
#ifdef PLANT_LEASE_FOR_EVER
#define RUNS_OUT(lease, what) false
#else
#define RUNS_OUT(lease, what) (lease.live && (!healed || ABANDONED(lease, what)))
#endif
#define LEASE_ENDS(lease, what) atomic { RUNS_OUT(lease, what) -> \
        if :: ABANDONED(lease, what) :: else -> fresh[lease.token - 1] = 0 fi; lease.live = 0 }

/* Time: leases run out, steps fall due, and the clock may be set back. */
proctype Time() {
end_time:
    do
    :: LEASE_ENDS(lane[0], 1)
    :: LEASE_ENDS(row[0], 3)
#if NEWS > 1
    :: LEASE_ENDS(row[1], 4)
#endif
#if STEPS > 0
    :: LEASE_ENDS(lane[1], 2)
    :: LEASE_ENDS(row[LETTERS], 3 + LETTERS)
    :: atomic { obligation != ABSENT && clock < STEPS -> clock++ }
    :: atomic { clock > 0 && !healed -> clock-- }
#endif
#if STEPS > 1
    :: LEASE_ENDS(row[LETTERS + 1], 4 + LETTERS)
#endif
#if STEPS > 2
    :: LEASE_ENDS(row[LETTERS + 2], 5 + LETTERS)
#endif
    od
}

proctype Healer() { healed = 1 }

#define OWED_AND_QUEUED (obligation == ABSENT || delivery[0] != ABSENT)
#define SAVED (obligation != ABSENT || !heard)
#define AN_ANSWER_STANDS (answer[0] == STANDS || (ANSWERS > 1 && answer[1] == STANDS))
#define REACHED(d, l) (delivery[d] != WAITING || (straggling[d] && row[d].there) || (!straggling[d] && lane[l].there))

#define SEES_OVERTAKING (delivery[1] == TAKEN && delivery[0] == WAITING)
#define SEES_A_STALE_HOLDER (holds[0] == 1 && holds[1] == 1)
#define SEES_ANSWERED_ANEW (answer[0] == UNDONE && answer[1] == STANDS && obligation == DISCHARGED)
#define SEES_OWED_AGAIN_AND_ALL_TOLD (answer[0] == UNDONE && obligation == OPEN && told[STEPS - 1])
#define SEES_REST (healed && delivery[0] == TAKEN && got[LETTERS] && !lane[0].there && !lane[1].there)

#ifdef WATCH
/* Between any two steps each of these holds. */
proctype Watch() {
end_watch:
    do
    :: atomic { !OWED_AND_QUEUED || !SAVED -> broken(nothing_is_lost) }
    :: atomic { obligation == DISCHARGED && !AN_ANSWER_STANDS -> broken(only_a_person_ends_it) }
    :: atomic { obligation == OPEN && AN_ANSWER_STANDS -> broken(an_answer_ends_it) }
    :: atomic { !REACHED(0, 0) || (NEWS > 1 && !REACHED(1, 0)) -> broken(all_is_within_reach) }
#if STEPS > 0
    :: atomic { !REACHED(LETTERS, 1) || !REACHED(ALL - 1, 1) -> broken(all_is_within_reach) }
    :: atomic { told[0] && delivery[LETTERS] == ABSENT -> broken(told_has_its_letter) }
    :: atomic { told[STEPS - 1] && delivery[ALL - 1] == ABSENT -> broken(told_has_its_letter) }
#endif
#ifdef SEES
    :: atomic { SEES -> broken(never_seen) }
#endif
    od
}
#endif

init {
    atomic {
        byte n = 1;
        run People();
        do :: n <= DISPATCHERS -> run Dispatcher(n); n++ :: else -> break od;
        n = 0;
        do :: n < ESCALATORS -> run Escalator(); n++ :: else -> break od;
        n = 0;
        run Time();
        run Healer();
#ifdef WATCH
        run Watch()
#endif
    }
}

/* What comes in the end; check.py asks for these with weak fairness, one by one. */
ltl alert_arrives { [] (obligation != ABSENT -> <> (delivery[0] == TAKEN)) }
#if NEWS > 1
ltl update_arrives { [] (delivery[1] == WAITING -> <> (delivery[1] == TAKEN)) }
#endif
#if STEPS > 0
ltl step_is_told { [] ((obligation == OPEN && clock >= STEPS) -> <> (told[STEPS - 1] || obligation == DISCHARGED)) }
ltl letter_arrives { [] (told[STEPS - 1] -> <> got[ALL - 1]) }
ltl somebody_acts_or_all_are_told { [] (obligation != ABSENT -> <> (obligation == DISCHARGED || told[STEPS - 1])) }
#endif
