using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>One filling of one template: the elements that its lists stand at, and how much has been given so far.</summary>
internal sealed class Rounds(LoopPlan plan, TemplateValues values)
{
    private readonly Found[] _current = plan.Loops.Length == 0 ? [] : new Found[plan.Loops.Length];
    private int _rounds;
    private long _chars;

    /// <summary>What is filled in.</summary>
    public TemplateValues Values => values;

    /// <summary>The element at which a loop stands.</summary>
    public Found Current(int loop) => _current[loop];

    /// <summary>Does something once for each combination of elements of some lists, the last going fastest.</summary>
    /// <param name="loops">The lists, each after the one that it lies in.</param>
    /// <param name="body">What is done; answers why it cannot be, else null.</param>
    /// <returns>Why it cannot be done to the end; null when it was.</returns>
    public string? ForEach(ReadOnlySpan<int> loops, Func<string?> body)
    {
        if (loops.IsEmpty)
        {
            return ++_rounds > TemplateLimits.RoundsMax ? $"A template goes through more than {TemplateLimits.RoundsMax} combinations." : body();
        }

        var loop = loops[0];
        var rest = loops[1..];
        var list = plan.Loops[loop].Look(this);
        switch (list)
        {
            case Found.Misfit misfit:
                return misfit.Reason;
            case Found.Texts texts:
                return ForTexts(texts, loop, rest, body);
            case { IsNothing: true }:
                // Each placeholder says itself what becomes of it.
                _current[loop] = Found.Absent.It;
                return ForEach(rest, body);
            case Found.Json { Value.ValueKind: JsonValueKind.Array } json:
                return ForElements(json.Value, loop, rest, body);
            default:
                return $"{plan.Loops[loop].Source} is no list, so \"[]\" does not fit.";
        }
    }

    /// <summary>Counts what is given; answers why it is too much, else null.</summary>
    public string? Count(int chars) =>
        (_chars += chars) > TemplateLimits.CharsMax ? $"A template gives more than {TemplateLimits.CharsMax} characters." : null;

    private string? ForTexts(Found.Texts texts, int loop, ReadOnlySpan<int> rest, Func<string?> body)
    {
        foreach (var text in texts.Values)
        {
            _current[loop] = new Found.Text(text);
            if (ForEach(rest, body) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private string? ForElements(JsonElement list, int loop, ReadOnlySpan<int> rest, Func<string?> body)
    {
        foreach (var element in list.EnumerateArray())
        {
            _current[loop] = new Found.Json(element);
            if (ForEach(rest, body) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }
}
