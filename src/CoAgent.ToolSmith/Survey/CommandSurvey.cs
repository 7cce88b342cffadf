using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Survey;

/// <summary>How much of the commands that were seen is kept, and what makes one worth a tool.</summary>
public sealed record SurveyLimits
{
    /// <summary>How many forms of commands are kept; of more, those seen least are forgotten.</summary>
    /// <value>500.</value>
    public int FormsMax { get; init; } = 500;

    /// <summary>How many different commands of one form are kept.</summary>
    /// <value>8.</value>
    public int ExamplesMax { get; init; } = 8;

    /// <summary>How often a form has to be seen.</summary>
    /// <value>3.</value>
    public int SeenMin { get; init; } = 3;

    /// <summary>How many different commands of it have to be among them; one that has no values is enough by itself.</summary>
    /// <value>2.</value>
    public int DifferentMin { get; init; } = 2;
}

/// <summary>What is known of one form of commands.</summary>
/// <param name="Form">The form.</param>
internal sealed record SurveyedForm(string Form)
{
    /// <summary>How often it was seen.</summary>
    public int SeenCount { get; init; }

    /// <summary>Different ones, the latest last.</summary>
    public ImmutableArray<SeenUnit> Examples { get; init; } = [];

    /// <summary>The name in the catalog of what has become of it; null where nothing has.</summary>
    public string? Tool { get; init; }

    /// <summary>Why no tool has become of it; null where one has, or nobody has tried.</summary>
    public string? Why { get; init; }

    /// <summary>How many examples there were when it was last tried.</summary>
    public int TriedWith { get; init; }
}

/// <summary>The commands that were seen, by form: which are seen so often that a tool is worth its place (catalog.md, "ToolSmith", 4).</summary>
/// <remarks>One thread at a time: the one that learns.</remarks>
/// <param name="limits">How much is kept.</param>
internal sealed class CommandSurvey(SurveyLimits limits)
{
    private readonly Dictionary<string, SurveyedForm> _forms = new(StringComparer.Ordinal);

    /// <summary>How many commands were seen.</summary>
    public long SeenTotal { get; private set; }

    /// <summary>All forms.</summary>
    public ImmutableArray<SurveyedForm> Forms => [.. _forms.Values.OrderBy(static form => form.Form, StringComparer.Ordinal)];

    /// <summary>What is known of a form; null where it was not seen.</summary>
    public SurveyedForm? Find(string form) => _forms.GetValueOrDefault(form);

    /// <summary>Takes note of a command that has run.</summary>
    public SurveyedForm Note(SeenUnit seen)
    {
        SeenTotal++;
        var known = _forms.GetValueOrDefault(seen.Form) ?? new SurveyedForm(seen.Form);
        return Put(known with { SeenCount = known.SeenCount + 1, Examples = With(known.Examples, seen) });
    }

    /// <summary>Takes note of how often a form was seen in an earlier life, where no example of it is left.</summary>
    public void Recall(string form, int seenCount, string? tool) => Put(new SurveyedForm(form) { SeenCount = seenCount, Tool = tool });

    /// <summary>Takes note of what has become of a form.</summary>
    public SurveyedForm Put(SurveyedForm form)
    {
        _forms[form.Form] = form;
        if (_forms.Count > limits.FormsMax)
        {
            _forms.Remove(_forms.Values.Where(one => one.Form != form.Form).MinBy(static one => (one.Tool is not null, one.SeenCount))!.Form);
        }

        return form;
    }

    /// <summary>Whether a form is worth a tool, and there is something new to try.</summary>
    public bool IsWorthATool(SurveyedForm form) =>
        form.SeenCount >= limits.SeenMin
        && (form.Examples.Length >= limits.DifferentMin || HasNoValues(form))
        && form.TriedWith < form.Examples.Length;

    /// <summary>Whether all commands of a form are the same.</summary>
    private static bool HasNoValues(SurveyedForm form) => form.Examples is [{ Stages: var stages } example]
        && stages.All(static stage => stage.Operands.IsEmpty && stage.Options.All(static option => option.Value is null))
        && example.Unit.Stages.All(static stage => stage.Files.All(static file => !file.IsFile));

    // The same command seen again is kept as it was last: its files may be others by now.
    private ImmutableArray<SeenUnit> With(ImmutableArray<SeenUnit> examples, SeenUnit seen)
    {
        var others = examples.RemoveAll(one => one.Unit.Equals(seen.Unit));
        var kept = seen.Before is null && examples.FirstOrDefault(one => one.Unit.Equals(seen.Unit)) is { Before: not null } before ? before : seen;
        return [.. others.Add(kept).TakeLast(limits.ExamplesMax)];
    }
}
