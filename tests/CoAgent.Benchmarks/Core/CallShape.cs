using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Benchmarks.Core;

/// <summary>What kinds of calls are made; on an object of the caller's own, but for the last.</summary>
internal enum CallShape
{
    /// <summary>Reads its content.</summary>
    Read,

    /// <summary>Overwrites its content.</summary>
    BlindWrite,

    /// <summary>Changes its content: reads and writes it.</summary>
    ReadModifyWrite,

    /// <summary>Creates it: writes its content and its directory's listing.</summary>
    Create,

    /// <summary>Reads what every resident has read too.</summary>
    HotRead,
}

/// <summary>What calls declare.</summary>
internal static class Declarations
{
    public static CallDeclaration Of(CallShape shape, string name)
    {
        var own = ObjectPattern.Parse(name);
        return new CallDeclaration(shape switch
        {
            CallShape.Read or CallShape.HotRead => Footprint.Create([own], []),
            CallShape.BlindWrite => Footprint.Create([], [own]),
            CallShape.ReadModifyWrite => Footprint.Create([own], [own]),
            CallShape.Create => Footprint.Create([], [own, ObjectPattern.Parse($"{name[..name.LastIndexOf('/')]}/*")]),
            _ => throw new ArgumentOutOfRangeException(nameof(shape)),
        });
    }
}
