using System.Collections.Immutable;
using System.Globalization;
using CoAgent.Protocol;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <summary>A scenario in one line, to be printed and to be read again.</summary>
/// <remarks>
/// <c>gate=Reissue irr=Hold faults=1 | read d/a; set d/b v$0 ?0~a +Tells | absorb: copy d/b d/x; undo 0</c>: the options,
/// then a program for each rank. <c>?0~a</c>: only when the answer of step 0 holds an a; <c>?0!a</c>: only when not.
/// </remarks>
internal static class ScenarioText
{
    private const string AbsorbMark = "absorb:";

    /// <summary>The scenario's line.</summary>
    public static string Write(Scenario scenario)
    {
        var options = $"gate={scenario.Gate} irr={scenario.Irreversible} faults={scenario.FaultCount} "
            + $"disturb={scenario.DisturbanceCount} late={scenario.BeginsLate} leave={scenario.MayLeave} notices={scenario.NoticesMax}";
        return string.Join(" | ", scenario.Programs.Select(Write).Prepend(options));
    }

    /// <summary>The scenario of a line; the options may be left out.</summary>
    public static Scenario Read(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        var options = parts[0].Contains('=', StringComparison.Ordinal) ? parts[0] : "";
        var scenario = new Scenario([.. parts.Skip(options.Length > 0 ? 1 : 0).Select(ReadProgram)]);
        return options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(scenario, ReadOption);
    }

    /// <summary>The program of a part of a line.</summary>
    public static AgentProgram ReadProgram(string text)
    {
        var isAbsorbing = text.StartsWith(AbsorbMark, StringComparison.Ordinal);
        var steps = (isAbsorbing ? text[AbsorbMark.Length..] : text)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(ReadStep);
        return new AgentProgram([.. steps], isAbsorbing ? RepairStyle.Absorb : RepairStyle.Rerun);
    }

    private static Scenario ReadOption(Scenario scenario, string option)
    {
        var value = option[(option.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return option[..option.IndexOf('=', StringComparison.Ordinal)] switch
        {
            "gate" => scenario with { Gate = Enum.Parse<GateMode>(value) },
            "irr" => scenario with { Irreversible = Enum.Parse<IrreversibleMode>(value) },
            "faults" => scenario with { FaultCount = int.Parse(value, CultureInfo.InvariantCulture) },
            "disturb" => scenario with { DisturbanceCount = int.Parse(value, CultureInfo.InvariantCulture) },
            "notices" => scenario with { NoticesMax = int.Parse(value, CultureInfo.InvariantCulture) },
            "leave" => scenario with { MayLeave = bool.Parse(value) },
            "late" => scenario with { BeginsLate = bool.Parse(value) },
            var name => throw new FormatException($"There is no option {name}."),
        };
    }

    private static string Write(AgentProgram program) =>
        (program.Style == RepairStyle.Absorb ? AbsorbMark + " " : "") + string.Join("; ", program.Steps.Select(Write));

    private static string Write(Step step)
    {
        string[] words = step.Verb switch
        {
            Verb.List => [step.Directory],
            Verb.Set or Verb.Append => [step.Target!.Name, step.Text],
            Verb.Pair => [step.Target!.Name, step.Source!.Name, step.Text],
            Verb.Edit or Verb.Half => [step.Target!.Name, step.Text, step.With],
            Verb.Copy or Verb.Move => [step.Source!.Name, step.Target!.Name],
            Verb.Send => [step.Text],
            Verb.Mail => [step.Source!.Name],
            Verb.Undo => [$"{step.Undone}"],
            Verb.Abort => [],
            _ => [step.Target!.Name],
        };
        var when = step.When is { } condition ? $" ?{condition.Step}{(condition.IsNegated ? '!' : '~')}{condition.Text}" : "";
        var traits = step.Traits == StepTraits.None ? "" : $" +{step.Traits.ToString().Replace(", ", "+", StringComparison.Ordinal)}";
        return string.Join(' ', words.Prepend($"{step.Verb}".ToLowerInvariant())) + when + traits;
    }

    private static Step ReadStep(string text)
    {
        var all = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var words = all.Where(word => word[0] is not ('?' or '+')).ToImmutableArray();
        return Plain(Enum.Parse<Verb>(words[0], ignoreCase: true), words[1..]) with
        {
            When = Array.Find(all, word => word[0] == '?') is { } when
                ? new Condition(when[1] - '0', when[3..], IsNegated: when[2] == '!')
                : null,
            Traits = Array.Find(all, word => word[0] == '+') is { } traits
                ? Enum.Parse<StepTraits>(traits[1..].Replace('+', ','))
                : StepTraits.None,
        };
    }

    private static Step Plain(Verb verb, ImmutableArray<string> words) => verb switch
    {
        Verb.List => new Step(verb, Directory: words[0]),
        Verb.Set or Verb.Append => new Step(verb, Place.Named(words[0]), Text: words[1]),
        Verb.Pair => new Step(verb, Place.Named(words[0]), Place.Named(words[1]), Text: words[2]),
        Verb.Edit or Verb.Half => new Step(verb, Place.Named(words[0]), Text: words[1], With: words[2]),
        Verb.Copy or Verb.Move => new Step(verb, Place.Named(words[1]), Place.Named(words[0])),
        Verb.Send => new Step(verb, Place.Outbox, Text: words[0]),
        Verb.Mail => new Step(verb, Place.Outbox, Place.Named(words[0])),
        Verb.Undo => new Step(verb, Undone: int.Parse(words[0], CultureInfo.InvariantCulture)),
        Verb.Abort => new Step(verb),
        _ => new Step(verb, Place.Named(words[0])),
    };
}
