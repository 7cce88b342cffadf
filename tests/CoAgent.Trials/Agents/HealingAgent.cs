using System.Collections.Immutable;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Agents;

/// <summary>What an agent does: its moves, from the start, each decided when the answer before it is known.</summary>
/// <param name="say">Names the tools.</param>
/// <param name="heard">The last answer.</param>
internal delegate IEnumerable<Move> AgentScript(FileWords say, Heard heard);

/// <summary>
/// An agent that follows a script over MCP and repairs itself: from the first step that is stale on it takes back what it
/// wrote and does it again.
/// </summary>
/// <remarks>One task moves it at a time. It decides by going through its script from the start with what it knows.</remarks>
internal sealed partial class HealingAgent
{
    /// <summary>A play of some ten steps that has not ended by then does not end.</summary>
    private const int MovesMax = 2_000;

    private const int FinishesMax = 12;

    private readonly AgentLine line;
    private readonly AgentScript script;
    private readonly FileWords words;
    private readonly AgentRules rules;
    private readonly List<Deed> deeds = [];
    private readonly List<string> lost = [];
    private readonly HashSet<string> known = [];
    private int staleFrom = int.MaxValue;
    private int moveCount;
    private bool isAborted;

    public HealingAgent(string name, AgentLine line, AgentScript script, FileWords words, AgentRules rules)
    {
        Name = name;
        this.line = line;
        this.script = script;
        this.words = words;
        this.rules = rules;
    }

    public string Name { get; }

    /// <summary>Its rank; 0 before it has begun, and where nobody tells.</summary>
    public long Rank { get; private set; }

    /// <summary>Whether it has finished.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What it has done so far.</summary>
    public AgentCounts Counts { get; } = new();

    /// <summary>Every notice that it was given, in order, repetitions too.</summary>
    public List<ToldNotice> Notices { get; } = [];

    /// <summary>Each of its steps that holds, and what it was last told of it.</summary>
    public ImmutableArray<(string Move, string Answer)> Answers => isAborted
        ? []
        : [.. deeds.Where(deed => deed is { IsWithdrawn: false, Move: Move.Call }).Select(deed => (words.Tidy(deed.Move.Text), deed.Answer))];

    /// <summary>Makes itself known: from here on its rank is taken.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await line.OpenAsync(cancellationToken);
        await BeginAgainAsync(cancellationToken);
    }

    /// <summary>The same on a line that is open.</summary>
    public async Task BeginAgainAsync(CancellationToken cancellationToken)
    {
        var told = Told.Of(await line.CallAsync(words.Begin.Tool, words.Begin.Arguments, cancellationToken));
        known.UnionWith(told.Call is { } begin ? [begin] : []);
        PlayException.Require(!told.IsError, $"{Name} cannot begin: {told.Text}");
        Rank = told.Rank;
    }

    /// <summary>Whether all that is left to do is to say so, or may wait for others.</summary>
    public bool MayWait() =>
        lost.Count == 0 && staleFrom >= deeds.Count && Next() is null or Move.Call { MayWait: true };

    /// <summary>Does the next thing and takes in the answer.</summary>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        PlayException.Require(++moveCount <= MovesMax, $"{Name} does not come to an end");
        Abandon();
        if (isLookingForLost)
        {
            HearOfLost(Told.Of(await line.CallAsync("coagent_status", "{}", cancellationToken)));
            return;
        }

        if (lost.Count > 0)
        {
            await TakeBackAsync([.. lost], cancellationToken);
            return;
        }

        switch (Next())
        {
            case null:
                await FinishAsync(cancellationToken);
                break;
            case Move.Call call:
                await MakeAsync(call, cancellationToken);
                break;
            case Move.TakeBack(var what) takeBack:
                await WithdrawAsync(takeBack, what, cancellationToken);
                break;
            default:
                Abort();
                break;
        }
    }

    /// <summary>Goes on until it has finished.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!IsDone)
        {
            await MoveAsync(cancellationToken);
        }
    }

    /// <summary>The next step of the script with what is known; null at its end.</summary>
    private Move? Next()
    {
        if (isAborted)
        {
            return null;
        }

        var heard = new Heard();
        var at = 0;
        foreach (var move in script(words, heard))
        {
            if (at == deeds.Count)
            {
                return move;
            }

            PlayException.Require(deeds[at].Move.Equals(move), $"{Name}: its script does something else with the same answers");
            Hear(heard, deeds[at]);
            at++;
        }

        PlayException.Require(at == deeds.Count, $"{Name} has done more than its script");
        return null;
    }

    /// <summary>What is taken back in the end is no ground for anything.</summary>
    private static void Hear(Heard heard, Deed deed)
    {
        if (deed.Move is Move.Call { IsWithdrawnLater: false })
        {
            heard.Hear(deed.Answer, deed.IsError);
        }
        else
        {
            heard.Hear("", isError: false);
        }
    }
}
