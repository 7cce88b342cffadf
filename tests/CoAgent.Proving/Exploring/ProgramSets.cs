using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Exploring;

/// <summary>Scenarios that are explored together.</summary>
/// <param name="Name">What they are, in words.</param>
/// <param name="Scenarios">The scenarios.</param>
internal sealed record ProgramSet(string Name, ImmutableArray<Scenario> Scenarios)
{
    /// <summary>Programs of four steps: between them every kind of call, on objects that they share.</summary>
    private static readonly ImmutableArray<string> Fours =
    [
        "read d/a; set d/b v$0; append d/a k; read d/b",
        "append d/a m; read d/b; set d/b q; copy d/b d/a",
        "read d/x; move d/x d/y; list d; set d/x n$0",
        "list d; delete d/x; set d/y s$0; edit d/y s t",
        "half d/a a0 u; edit d/a u w; read d/a; pair d/a d/b p$2",
        "absorb: copy d/x d/y; append d/y f +Tells; undo 0; list d",
        "read d/a; send g$0; set d/a h; mail d/b",
        "set d/a i; read d/a; delete d/x; abort",
        "absorb: read d/b; append d/b c$0 +Tells; set d/a l$1; mail d/a",
        "absorb: list d; half d/x q o$0; move d/x d/y; read d/y",
        "set d/a r +NoReplay; edit d/b b0 z +Tells; undo 0; read d/b +NoReread",
        "pair d/x d/a j; read d/y +Rewind; edit d/x 0 e +Tells; delete d/y",
    ];

    /// <summary>Programs of three steps.</summary>
    private static readonly ImmutableArray<string> Threes =
    [
        "read d/a; set d/b v$0; append d/a k",
        "copy d/b d/a; read d/a; set d/b q$1",
        "edit d/a a0 t; append d/b m +Tells; undo 0",
        "absorb: read d/b; pair d/a d/b p$0; mail d/a",
        "move d/x d/y; list d; set d/x n$1",
        "absorb: list d; delete d/x; half d/y x e",
        "set d/a i; copy d/a d/x; abort",
        "read d/x; set d/a r$0 +NoReplay; send g$0",
    ];

    /// <summary>Two agents of four steps each: every program against every other, and against itself, in both orders.</summary>
    public static ProgramSet Pairs { get; } = new(
        "2 agents, 4 steps", [.. from lower in Fours from higher in Fours select Of(lower, higher)]);

    /// <summary>Three agents of three steps each.</summary>
    public static ProgramSet Triples { get; } = new(
        "3 agents, 3 steps",
        [.. from low in Enumerable.Range(0, Threes.Length)
            from shift in Enumerable.Range(1, 5)
            select Of(Threes[low], Threes[(low + shift) % Threes.Length], Threes[(low + (2 * shift) + 1) % Threes.Length])]);

    /// <summary>Pairs in which any one effect may end otherwise than it should.</summary>
    public static ProgramSet Faults { get; } = new(
        "2 agents, 4 steps, a fault at any effect",
        [.. from lower in Enumerable.Range(0, Fours.Length)
            from shift in (int[])[1, 4, 7, 10]
            select Of(Fours[lower], Fours[(lower + shift) % Fours.Length]) with { FaultCount = 1 }]);

    /// <summary>Triples in which any one effect may end otherwise than it should.</summary>
    public static ProgramSet TripleFaults { get; } = new(
        "3 agents, 3 steps, a fault at any effect",
        [.. from three in (int[][])[[0, 5, 3], [7, 4, 2], [3, 7, 6], [7, 6, 5]]
            select Of([.. three.Select(program => Threes[program])]) with { FaultCount = 1 }]);

    /// <summary>Pairs in which once, at any moment, something unusual happens.</summary>
    /// <remarks>A call is dropped, a notice is told twice, an agent is gone, the operator takes back a call.</remarks>
    public static ProgramSet Disturbances { get; } = new(
        "2 agents, 4 steps, a disturbance at any moment",
        [.. from lower in Enumerable.Range(0, Fours.Length)
            select Of(Fours[lower], Fours[(lower + 2) % Fours.Length]) with { DisturbanceCount = 1, MayLeave = true }]);

    /// <summary>Pairs under the other ways that an operator can choose.</summary>
    public static ProgramSet Modes { get; } = new(
        "2 agents, 4 steps, other gates",
        [.. from lower in Enumerable.Range(0, Fours.Length)
            let pair = Of(Fours[lower], Fours[(lower + 5) % Fours.Length])
            from mode in (Scenario[])
            [
                pair with { Gate = GateMode.Acknowledge },
                pair with { Gate = GateMode.Off },
                pair with { Irreversible = IrreversibleMode.Defer },
            ]
            select mode]);

    /// <summary>All sets.</summary>
    public static ImmutableArray<ProgramSet> All { get; } = [Pairs, Triples, Faults, TripleFaults, Modes, Disturbances];

    /// <summary>The set of that many of its scenarios, spread over it: for who has less time.</summary>
    public ProgramSet Every(int nth) => this with { Scenarios = [.. Scenarios.Where((_, i) => i % nth == 0)] };

    private static Scenario Of(params string[] programs) => new([.. programs.Select(ScenarioText.ReadProgram)]);
}
