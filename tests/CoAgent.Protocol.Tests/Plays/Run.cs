using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>A play under the protocol, one choice after the other.</summary>
internal sealed class Run
{
    /// <summary>Nothing that ends needs as many choices.</summary>
    private const int ChoicesMax = 200_000;

    private readonly Play _play;
    private readonly WorkspaceState _state;
    private readonly TextWorld _world;
    private readonly List<Effect.World> _out = [];
    private readonly HashSet<int> _loses = [];
    private int _repetitionsLeft;
    private int _doubtsLeft;
    private int _choiceCount;

    public Run(Play play, ProtocolOptions options)
    {
        _play = play;
        _state = new WorkspaceState(options);
        _world = new TextWorld(play.Initial);
        _repetitionsLeft = play.RepetitionCount;
        _doubtsLeft = play.DoubtCount;
        Agents = [.. play.Scripts.Select((script, i) => new HealingAgent(i, script, _world))];
        foreach (var agent in Agents)
        {
            Feed(new Input.Begin(AgentId.Create($"agent{agent.Index}"), new Rank(agent.Index + 1)));
        }
    }

    public HealingAgent[] Agents { get; }

    public RunCounts Counts { get; } = new();

    /// <summary>Whether everybody is done.</summary>
    public bool IsOver => Array.TrueForAll(Agents, agent => agent.IsDone);

    /// <summary>How the play has ended.</summary>
    public PlayEnd End => new(_world.Contents, [.. Agents.Select(agent => agent.Answers)]);

    /// <summary>Lists what may happen next, always in the same order.</summary>
    public void Collect(List<Choice> choices)
    {
        choices.Clear();
        foreach (var agent in Agents.Where(agent => agent.HasMove))
        {
            choices.Add(new Choice(ChoiceKind.Act, agent.Index));
        }

        for (var i = 0; i < _out.Count; i++)
        {
            choices.Add(new Choice(ChoiceKind.End, i));
            if (_doubtsLeft > 0 && CanBeInDoubt(_out[i]))
            {
                choices.Add(new Choice(ChoiceKind.EndUnheard, i));
                choices.Add(new Choice(ChoiceKind.NeverBegin, i));
            }
        }

        if (_repetitionsLeft > 0)
        {
            foreach (var agent in Agents.Where(agent => !agent.IsDone))
            {
                choices.Add(new Choice(ChoiceKind.Repeat, agent.Index));
                choices.Add(new Choice(ChoiceKind.Lose, agent.Index));
            }
        }
    }

    public void Take(Choice choice)
    {
        PlayException.Require(++_choiceCount <= ChoicesMax, "the play does not end");
        switch (choice.Kind)
        {
            case ChoiceKind.Act:
                Feed(Agents[choice.Number].Act());
                break;
            case ChoiceKind.End:
                EndEffect(_out[choice.Number], Hearing.Heard);
                break;
            case ChoiceKind.EndUnheard:
                _doubtsLeft--;
                EndEffect(_out[choice.Number], Hearing.Unheard);
                break;
            case ChoiceKind.NeverBegin:
                _doubtsLeft--;
                EndEffect(_out[choice.Number], Hearing.NeverBegun);
                break;
            case ChoiceKind.Repeat:
                _repetitionsLeft--;
                Feed(new Input.Redeliver(Agents[choice.Number].Transaction));
                break;
            default:
                _repetitionsLeft--;
                _loses.Add(choice.Number);
                break;
        }

        // Saying that one is done is no choice where the play says so.
        while (_play.FinishesAtOnce && Array.Find(Agents, agent => agent.IsAboutToFinish) is { } done)
        {
            Feed(done.Act());
        }
    }

    /// <summary>Ends all effects, oldest first, until none is out.</summary>
    public void EndAll()
    {
        while (_out.Count > 0)
        {
            Take(new Choice(ChoiceKind.End, 0));
        }
    }

    private void EndEffect(Effect.World effect, Hearing hearing)
    {
        Counts.Add(effect);
        var outcome = _world.CarryOut(effect, hearing);
        _out.Remove(effect);
        Feed(new Input.Ended(effect.Id, outcome));
    }

    /// <summary>Whether the protocol can find out how the effect ended, or make it not matter.</summary>
    private bool CanBeInDoubt(Effect.World effect) => effect is Effect.Execute
        || (effect is Effect.Invert && _world.MoveOf(effect.Call).Declaration.IsInverseIdempotent);

    private void Feed(Input input)
    {
        foreach (var effect in StateMachine.Step(_state, input))
        {
            Handle(effect);
        }
    }

    private void Handle(Effect effect)
    {
        switch (effect)
        {
            case Effect.World world:
                Admit(world);
                _out.Add(world);
                break;
            case Effect.Began began:
                Agents[(int)began.Transaction.Rank.Value - 1].Hear(began);
                break;
            case Effect.Answer answer:
                Answer(answer, HealingAgent.OwnerOf(answer.Call));
                break;
            case Effect.UndoAnswered undone:
                Agents[HealingAgent.OwnerOf(undone.Request)].Hear(undone);
                break;
            case Effect.AbortAnswered aborted:
                Agents[HealingAgent.OwnerOf(aborted.Request)].Hear(aborted);
                break;
            case Effect.FinishAnswered finished:
                Agents[HealingAgent.OwnerOf(finished.Request)].Hear(finished);
                break;
            case Effect.NoticeFiled(var notice):
                Counts.FiledCount++;
                CheckOneWay(notice);
                break;
            case Effect.NoticeWithdrawn or Effect.Held or Effect.Folded:
                break;
            default:
                throw new PlayException($"nobody expects {effect}");
        }
    }

    private void Answer(Effect.Answer answer, int agent)
    {
        var isLost = _loses.Remove(agent);
        Agents[agent].Hear(answer, isLost);
        if (isLost)
        {
            Feed(new Input.Redeliver(Agents[agent].Transaction));
        }
    }

    /// <summary>I3.</summary>
    private void CheckOneWay(Notices.Notice notice)
    {
        var told = Array.Find(Agents, agent => agent.Transaction == notice.Transaction)!;
        PlayException.Require(
            notice.Cause.Rank is not { } cause || cause.Value < told.Index + 1,
            $"rank {told.Index + 1} is told of what rank {notice.Cause.Rank} did");
    }

    /// <summary>I5.</summary>
    private void Admit(Effect.World effect)
    {
        var move = _world.MoveOf(effect.Call);
        var isLast = Agents.Take(HealingAgent.OwnerOf(effect.Call)).All(agent => agent.IsDone);
        var waits = effect is Effect.Execute && move.Declaration.IsIrreversible;
        PlayException.Require(isLast || !waits, $"{move} is executed while a lower rank runs");
    }
}
