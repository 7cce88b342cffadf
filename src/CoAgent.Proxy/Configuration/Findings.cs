using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Proxy.Configuration;

/// <summary>Gathers what is wrong with one file while it is read, so that all of it is told at once.</summary>
internal sealed class Findings(string file)
{
    /// <summary>How many faults are told; a file with more is not worth reading on.</summary>
    public const int FaultCountMax = 100;

    private readonly List<Fault> _faults = [];
    private readonly List<Fault> _warnings = [];

    public bool HasFaults => _faults.Count > 0;

    public ImmutableArray<Fault> Faults => [.. _faults];

    public ImmutableArray<Fault> Warnings => [.. _warnings];

    /// <summary>The key of a member: <c>parent.name</c>. Names are cut and cleaned, for they reach terminals and logs.</summary>
    public static string Key(string parent, string name)
    {
        var shown = Spelling.Shown(name);
        return parent.Length == 0 ? shown : $"{parent}.{shown}";
    }

    public void Fault(string key, int? line, string message)
    {
        if (_faults.Count < FaultCountMax)
        {
            _faults.Add(new Fault(file, key, message, line));
        }
        else if (_faults.Count == FaultCountMax)
        {
            _faults.Add(new Fault(file, string.Empty, $"has more than {FaultCountMax} faults; the rest is not listed."));
        }
    }

    public void Warn(string key, int? line, string message) => _warnings.Add(new Fault(file, key, message, line));
}
