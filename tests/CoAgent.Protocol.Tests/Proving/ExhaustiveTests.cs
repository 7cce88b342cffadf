using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Exploring;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Worlds;

namespace CoAgent.Protocol.Tests.Proving;

/// <summary>Every run of small programs: I1 to I6 after every step, I7 at every end, and every run has an end.</summary>
public sealed class ExhaustiveTests
{
    [Fact]
    public void Every_run_of_two_agents_with_four_steps_ends_as_the_serial_one() => AssertHolds(ProgramSet.Pairs);

    [Fact]
    public void Every_run_of_three_agents_with_three_steps_ends_as_the_serial_one() => AssertHolds(ProgramSet.Triples);

    [Fact]
    public void Every_run_with_a_fault_at_any_effect_ends_as_the_serial_one() => AssertHolds(ProgramSet.Faults);

    [Fact]
    public void Every_run_of_three_agents_with_a_fault_at_any_effect_ends_as_the_serial_one() => AssertHolds(ProgramSet.TripleFaults);

    [Fact]
    public void Every_run_in_the_other_gate_modes_ends_as_the_serial_one() => AssertHolds(ProgramSet.Modes);

    [Fact]
    public void Every_run_with_a_disturbance_at_any_moment_keeps_the_invariants() => AssertHolds(ProgramSet.Disturbances);

    [Fact]
    public void Every_kind_of_call_meets_every_other_in_both_orders()
    {
        var met = ProgramSet.Pairs.Scenarios.SelectMany(MeetingsOf).ToHashSet();
        Verb[] all = [.. Enum.GetValues<Verb>().Where(verb => verb is not (Verb.Undo or Verb.Abort))];
        var apart =
            from lower in all
            from higher in all
            where CanMeet(lower, higher) && !met.Contains((lower, higher))
            select (lower, higher);
        Assert.Empty(apart);
    }

    [Fact]
    public void Every_program_has_the_length_that_its_set_says()
    {
        Assert.All(ProgramSet.Pairs.Scenarios, static scenario => Assert.Equal([4, 4], Lengths(scenario)));
        Assert.All(ProgramSet.Triples.Scenarios, static scenario => Assert.Equal([3, 3, 3], Lengths(scenario)));
    }

    private static IEnumerable<int> Lengths(Scenario scenario) => scenario.Programs.Select(program => program.Steps.Length);

    private static void AssertHolds(ProgramSet set, [CallerMemberName] string claim = "")
    {
        var result = Proof.Explore(set, new ProofOptions(), Environment.ProcessorCount);
        Report.Write($"proof-{claim}", $"{result}{Environment.NewLine}");
        Assert.True(result.Holds, string.Join("\n", result.Violations));
    }

    /// <summary>The kinds of calls that conflict in a scenario, the lower rank's first.</summary>
    private static IEnumerable<(Verb Lower, Verb Higher)> MeetingsOf(Scenario scenario) =>
        from lower in Calls(scenario.Programs[0])
        from higher in Calls(scenario.Programs[1])
        where lower.ConflictsWith(higher)
        select (lower.Verb, higher.Verb);

    private static ImmutableArray<Step> Calls(AgentProgram program) => [.. program.Steps.Where(step => step.IsCall)];

    /// <summary>Reads never conflict with reads; a listing does with what makes or removes; mail with mail and with what it sends.</summary>
    private static bool CanMeet(Verb lower, Verb higher) =>
        !(IsRead(lower) && IsRead(higher))
        && CanMeetListing(lower, higher) && CanMeetListing(higher, lower)
        && CanMeetMail(lower, higher) && CanMeetMail(higher, lower);

    private static bool IsRead(Verb verb) => verb is Verb.Read or Verb.List;

    private static bool CanMeetListing(Verb one, Verb other) =>
        one != Verb.List || other is not (Verb.Edit or Verb.Half or Verb.Send or Verb.Mail);

    private static bool CanMeetMail(Verb one, Verb other) => one switch
    {
        Verb.Send => other is Verb.Send or Verb.Mail,
        Verb.Mail => !IsRead(other) && other is not (Verb.Delete or Verb.Move),
        _ => true,
    };
}
