using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>An agent that follows a script and repairs itself: when something that it heard is not so any more, it keeps
/// what it would do again, takes back what it would not, and makes what is missing.</summary>
/// <remarks>
/// It decides by going through its script from the start with what it knows now. A blind write that is to leave something
/// else is made again over the old one; any other one is taken back first.
/// </remarks>
internal sealed partial class HealingAgent
{
    private const long IdStride = 1_000_000;

    private readonly AgentScript _script;
    private readonly TextWorld _world;
    private readonly List<Deed> _deeds = [];
    private readonly List<CallId> _lost = [];
    private long _lastId;
    private Intention? _open;
    private Intention? _next;

    public HealingAgent(int index, AgentScript script, TextWorld world)
    {
        Index = index;
        _script = script;
        _world = world;
    }

    /// <summary>Its number, counted from 0: its rank is one more.</summary>
    public int Index { get; }

    public TransactionId Transaction { get; private set; }

    /// <summary>Whether it has finished or aborted.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What it was last told of its calls, in the script's order; nothing after an abort.</summary>
    public ImmutableArray<string> Answers { get; private set; } = [];

    /// <summary>What its first call was answered at first; null before.</summary>
    public string? FirstAnswer { get; private set; }

    /// <summary>What it has done so far.</summary>
    public AgentCounts Counts { get; } = new();

    /// <summary>Whether it has something to do.</summary>
    public bool HasMove => _next is not null;

    /// <summary>Whether all that it has to do is to say that it is done.</summary>
    public bool IsAboutToFinish => _next is Intention.Finish;

    /// <summary>Whether it has said that it is done and waits.</summary>
    public bool IsFinishing => _open is Intention.Finish;

    public static int OwnerOf(CallId call) => (int)(call.Number / IdStride);

    public static int OwnerOf(RequestId request) => (int)(request.Number / IdStride);

    /// <summary>Does the next thing.</summary>
    public Input Act()
    {
        var number = (Index * IdStride) + ++_lastId;
        var request = new RequestId(number);
        (_open, _next) = (_next, null);
        switch (_open)
        {
            case Intention.Make(var move, _):
                Counts.CallCount++;
                Counts.WriteCount += move.IsRead ? 0 : 1;
                _world.Know(new CallId(number), move);
                return new Input.Propose(new CallId(number), Transaction, move.Declaration);
            case Intention.TakeBack(var calls, _):
                Counts.TakenBackCount += calls.Length;
                return new Input.Undo(request, Transaction, calls);
            case Intention.Abort:
                return new Input.Abort(request, Transaction);
            case Intention.Finish:
                return new Input.Finish(request, Transaction, Wait: true);
            default:
                throw new PlayException($"rank {Index + 1} has nothing to do");
        }
    }

    /// <summary>Decides what to do next from what it knows.</summary>
    private void Decide() => _next = IsDone || _open is not null ? null : Decided();

    private Intention Decided()
    {
        if (_lost.Count > 0)
        {
            return new Intention.TakeBack([.. _lost], Withdrawn: null);
        }

        var kept = new List<Deed>();
        var heard = new Heard();
        foreach (var move in _script(heard))
        {
            switch (move.Kind)
            {
                case MoveKind.Abort:
                    return new Intention.Abort();
                case MoveKind.TakeBack:
                    var withdrawn = kept.FindLast(deed => deed.Move.Text == move.Text)!;
                    if (!withdrawn.IsWithdrawn)
                    {
                        return new Intention.TakeBack(withdrawn.Calls, withdrawn);
                    }

                    heard.Last = "";
                    break;
                default:
                    if (FindKept(move, kept) is not { } deed)
                    {
                        return Make(move, kept);
                    }

                    kept.Add(deed);
                    heard.Last = deed.Answer;
                    break;
            }
        }

        Answers = [.. kept.Select(deed => deed.Answer)];
        ImmutableArray<CallId> left = [.. _deeds.Except(kept).Where(deed => deed.IsIn).SelectMany(deed => deed.Calls)];
        return left.IsEmpty ? new Intention.Finish() : new Intention.TakeBack(left, Withdrawn: null);
    }

    /// <summary>The deed that stands for a move: made in the script's order wherever that matters.</summary>
    private Deed? FindKept(Move move, List<Deed> kept) => _deeds.Find(
        deed => deed.Move == move && !kept.Contains(deed) && !kept.Exists(
            before => before.Number > deed.Number && before.Conflicts(deed)));

    /// <summary>Makes a move, when nothing that the script has no place for any more is in its way.</summary>
    private Intention Make(Move move, List<Deed> kept)
    {
        var others = _deeds.Except(kept).Where(deed => deed.IsIn).ToArray();
        var replaced = Array.Find(others, deed => deed.IsReplacedBy(move));
        ImmutableArray<CallId> inTheWay =
            [.. others.Where(deed => deed != replaced && deed.Move.ConflictsWith(move)).SelectMany(deed => deed.Calls)];
        return inTheWay.IsEmpty ? new Intention.Make(move, replaced) : new Intention.TakeBack(inTheWay, Withdrawn: null);
    }
}

/// <summary>What an agent is about to do.</summary>
internal abstract record Intention
{
    private Intention()
    {
    }

    /// <summary>To make a call.</summary>
    /// <param name="Move">The call.</param>
    /// <param name="Replaced">The blind write that it is made over; null when there is none.</param>
    public sealed record Make(Move Move, Deed? Replaced) : Intention;

    /// <summary>To take back calls.</summary>
    /// <param name="Calls">The calls.</param>
    /// <param name="Withdrawn">The deed that the script itself takes back; null for a repair.</param>
    public sealed record TakeBack(ImmutableArray<CallId> Calls, Deed? Withdrawn) : Intention;

    public sealed record Abort : Intention;

    public sealed record Finish : Intention;
}

/// <summary>A call that an agent has made, with those that it has made over.</summary>
/// <param name="move">What it is.</param>
/// <param name="calls">Its calls, the latest last.</param>
/// <param name="answer">What the latest was answered.</param>
internal sealed class Deed(Move move, ImmutableArray<CallId> calls, string answer)
{
    public Move Move { get; } = move;

    public ImmutableArray<CallId> Calls { get; } = calls;

    public string Answer { get; set; } = answer;

    /// <summary>Whether the script itself has taken it back.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Whether an effect of it is in place.</summary>
    public bool IsIn => !Move.IsRead && !IsWithdrawn;

    /// <summary>Its place among the agent's calls.</summary>
    public long Number => Calls[^1].Number;

    public bool Conflicts(Deed other) => !IsWithdrawn && !other.IsWithdrawn && Move.ConflictsWith(other.Move);

    public bool IsReplacedBy(Move other) =>
        Move.IsBlind && other.IsBlind && !IsWithdrawn && Move.Footprint.Equals(other.Footprint);
}

/// <summary>What an agent has done in a run.</summary>
internal sealed class AgentCounts
{
    /// <summary>Calls that it has made.</summary>
    public int CallCount { get; set; }

    /// <summary>Those of them that write.</summary>
    public int WriteCount { get; set; }

    /// <summary>Calls that it has taken back.</summary>
    public int TakenBackCount { get; set; }

    /// <summary>Notices that it was given.</summary>
    public int NoticeCount { get; set; }

    /// <summary>The most notices that it was given at one time.</summary>
    public int NoticesAtOnceMax { get; set; }

    /// <summary>Writes that were answered with a notice instead.</summary>
    public int GatedCount { get; set; }
}
