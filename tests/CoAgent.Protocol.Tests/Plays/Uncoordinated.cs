using System.Collections.Immutable;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>
/// Plays without a protocol: each call is executed in place as it comes, nobody is told anything. With one agent after
/// the other that is the serial run.
/// </summary>
internal static class Uncoordinated
{
    /// <summary>How the play must end: one agent after the other, in rank order.</summary>
    public static PlayEnd RunSerially(Play play) => Run(play, "");

    /// <summary>How it ends when calls come in an order.</summary>
    /// <param name="play">The play.</param>
    /// <param name="schedule">Who makes the next move: a letter each; then who has not ended, in rank order.</param>
    public static PlayEnd Run(Play play, string schedule)
    {
        var world = TextWorld.Copy(play.Initial);
        var agents = play.Scripts.Select(script => new Agent(script, world)).ToArray();
        foreach (var letter in schedule.Where(letter => letter != ' '))
        {
            agents[letter - 'A'].Move();
        }

        foreach (var agent in agents)
        {
            while (agent.Move())
            {
            }
        }

        return new PlayEnd(world, [.. agents.Select(agent => agent.Answers.ToImmutableArray())]);
    }

    private sealed class Agent
    {
        private readonly Heard _heard = new();
        private readonly IEnumerator<Move> _moves;
        private readonly SortedDictionary<string, string> _world;
        private readonly List<CarriedCall> _calls = [];

        public Agent(AgentScript script, SortedDictionary<string, string> world)
        {
            _moves = script(_heard).GetEnumerator();
            _world = world;
        }

        public List<string> Answers { get; } = [];

        public bool Move()
        {
            if (!_moves.MoveNext())
            {
                return false;
            }

            switch (_moves.Current)
            {
                case { Kind: MoveKind.Call } call:
                    Call(call);
                    break;
                case { Kind: MoveKind.TakeBack } takeBack:
                    TakeBack(_calls.FindLast(call => call.Move.Text == takeBack.Text)!);
                    break;
                default:
                    ((IEnumerable<CarriedCall>)_calls).Reverse().Where(call => call.IsIn).ToList().ForEach(TakeBack);
                    Answers.Clear();
                    break;
            }

            return true;
        }

        private void Call(Move move)
        {
            var call = new CarriedCall(move);
            call.Capture(_world);
            _calls.Add(call);
            _heard.Last = move.Act(_world);
            Answers.Add(_heard.Last);
        }

        private void TakeBack(CarriedCall call)
        {
            call.Restore(_world);
            call.IsIn = false;
            _heard.Last = "";
        }
    }
}
