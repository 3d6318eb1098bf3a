//! The coded words in Chinese (simplified characters).

use lineward_app::{application::Step, verification::Advice};
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    evidence::{Assurance, CheckResult, EvidenceClass, FaceOutcome, FaceReason},
    line::{LineKind, LineState, Payment},
    review::{ReviewReason, SignRefused},
    staff::Role,
    verdict::{Missing, Verdict},
    verification::{DocumentCheck, DocumentReason, Way},
    watch::CloseReason,
};
use lineward_document::chip::{ChipCheck, ChipReason};

use super::Said;

const BRING: &str = "由工作人员查看。携带原件即可解决。";
const NOTHING: &str = "由工作人员查看，您无需操作。";

pub(super) fn reason(reason: ReferralReason) -> Said {
    use ReferralReason as R;
    let said = |title, means, next| Said { title, means, next };
    match reason {
        R::NoDocument => said(
            "没有出示证件",
            "没有证件，就无法确认申请人是谁。",
            "请携带证件原件到营业厅，或撤回后重新申请。",
        ),
        R::DocumentInconsistent => {
            said("证件信息前后不一致", "校验位与字符不符，常常是抄错了一个字符。", BRING)
        }
        R::DocumentAmbiguous => said("证件有多种读法", "0和O等字符相似，几种读法都成立。", BRING),
        R::DocumentNotGenuine => said(
            "证件信息与签发的不同",
            "核验结果表明信息与签发机关的不一致。",
            "由工作人员核实。请尽可能携带原件。",
        ),
        R::DocumentNotProven => said("尚未证明证件真实", "按照现行规则，仅凭文字或照片不能证明。", BRING),
        R::DocumentExpired => said("证件已过期", "证件的有效期已过。", "如有新证件，请携带新证件到营业厅。"),
        R::DocumentReportedLost => said(
            "证件曾被挂失",
            "签发机关的名单上有此证件，名单可能未及时更新。",
            "如证件是您的并已找回，请向签发机关办理并携带原件。",
        ),
        R::DocumentNotValid => {
            said("签发机关表示证件无效", "证件可能已换发。", "如有新证件，请携带新证件到营业厅。")
        }
        R::ValidityNotProven => said("尚未证明证件有效", "还没有规则认可的结果证明证件有效。", BRING),
        R::ServiceDown => said(
            "签发机关没有答复",
            "其服务中断的时间超过了我们的等待时间。",
            "由工作人员继续办理，您无需操作。",
        ),
        R::PortraitNotGenuine => said(
            "证件照片与签发的不同",
            "核验结果表明照片与签发机关的不一致。",
            "由工作人员核实。请尽可能携带原件。",
        ),
        R::PortraitNotProven => {
            said("尚未证明证件照片真实", "按照现行规则，证件的照片不能证明这一点。", BRING)
        }
        R::OtherPortraitCompared => {
            said("人脸是与另一张照片比对的", "已证明的证件照片不能说明另一张照片。", BRING)
        }
        R::FaceNotCompared => said("没有完成人脸比对", "没有可用的两张照片。", BRING),
        R::FaceNonMatch => said(
            "计算机认为两张照片不相似",
            "本人使用自己的证件也会出现这种情况：照片较旧、戴眼镜、光线不好。这不是拒绝。",
            BRING,
        ),
        R::FaceReviewBand => said("两张照片相似，但不够明确", "计算机把这种情况交给人工。", NOTHING),
        R::SameImageSuspected => said("两张照片几乎是同一张", "面部照片可能翻拍自证件。", BRING),
        R::PresentationAttackSuspected => {
            said("无法确定面部照片为现场拍摄", "屏幕、打印件和某些光线在计算机看来很相似。", BRING)
        }
        R::AssuranceTooLow => said("面部照片来自文件", "文件不能说明由谁、何时拍摄。", BRING),
        R::ThresholdNotMeasured => {
            said("所用人脸比对尚未测量", "其结果只作参考。", "由工作人员决定，您无需操作。")
        }
        R::NotSighted => said(
            "尚未查看您的证件原件",
            "您选择由工作人员查看原件。",
            "请携带证件原件到营业厅，并告知业务编号。",
        ),
        R::PersonDiffers => {
            said("工作人员未能确认您是照片上的人", "工作人员不能确定。", "由另一名工作人员查看。")
        }
        R::ConsentMissing => {
            said("缺少一项同意", "没有同意，就不能核验。", "请撤回后重新申请，同意核验，或选择另一种方式。")
        }
        R::OverCap => said(
            "您名下的线路已达上限",
            "再开通一条就超过每人的数量上限。",
            "请注销不再需要的线路。如果您不知道有这么多线路，请告知工作人员。",
        ),
        R::Organisation => said(
            "由单位申请",
            "谁可以代表单位签署，由工作人员查看。",
            "工作人员会联系您，或请携带材料到营业厅。",
        ),
        R::ForAnother => {
            said("代他人办理", "您是否可以代办，由工作人员查看。", "工作人员会联系您，或请带齐材料到营业厅。")
        }
        R::ProofsDiffer => said("各项核验针对的不是同一份证件", "所有核验都须针对最后出示的证件。", NOTHING),
        R::ProofsExpired => {
            said("核验时间过久", "核验与决定之间间隔太长。", "由工作人员查看，或撤回后重新申请。")
        }
    }
}

pub(super) fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::TypeAllLines => "这不是证件的机读码。请抄写每一行，包括所有<符号。",
        Advice::CompareCharacters => "校验位不符。请将机读码与证件逐字核对。",
        Advice::TellApart => "机读码有多种读法。请核对0与O、1与I。",
        Advice::ReadChipAgain => "芯片无法读取。请将证件再次贴近手机并保持不动。",
        Advice::UseChip => "已读取证件芯片，以芯片中的照片为准。请在读取芯片的地方继续办理。",
        Advice::TakePictureAgain => "有文件不是可读的照片。请重新拍摄，使用JPEG或PNG格式。",
        Advice::ShowPortraitSide => "证件上没有找到人脸。请完整显示带照片的一面，避免反光。",
        Advice::ShowOnlyTheCard => "证件照片中有多张人脸。请只拍证件。",
        Advice::DocumentCloser => "证件上的照片太小或不清楚。请靠近并保持稳定。",
        Advice::LookIntoCamera => "没有找到人脸。请看镜头，让光线照在脸上。",
        Advice::BeAlone => "照片中有多张人脸。画面中请只有您一人。",
        Advice::MoreLight => "面部太小、太暗或模糊。请增加光线，保持稳定，靠近一些。",
        Advice::CaptureAgain => "几张面部照片不一致。请重新拍摄。",
        Advice::ChooseOtherWay => "人脸比对暂停服务。请选择另一种方式，效力相同。",
        Advice::TryLater => "签发机关暂时没有答复。内容没有丢失，请稍后再试。",
        Advice::TryAgainOrPerson => {
            "两张照片不相似。请在更好的光线下重试，请工作人员查看，或选择另一种方式。"
        }
    }
}

pub(super) fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::File => "来自文件",
        Assurance::WebSession => "在我们的页面上用摄像头拍摄",
        Assurance::Staffed => "在工作人员面前用摄像头拍摄",
    }
}

pub(super) fn check(check: DocumentCheck) -> &'static str {
    match check {
        DocumentCheck::FieldsGenuine => "信息由签发机关签发",
        DocumentCheck::Valid => "有效，未挂失",
        DocumentCheck::PortraitGenuine => "照片由签发机关签发",
        DocumentCheck::CheckDigits => "校验位",
        DocumentCheck::Dates => "在有效期内",
    }
}

pub(super) fn check_result(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Pass => "是",
        CheckResult::Fail => "否",
        CheckResult::NotChecked => "未核验",
    }
}

pub(super) fn chip_check(check: ChipCheck) -> &'static str {
    match check {
        ChipCheck::SodSignature => "芯片文件清单已签名",
        ChipCheck::SignerCertificate => "签名者持有该国颁发的证书",
        ChipCheck::CountryCa => "该国的根证书在我们信任的名单中",
        ChipCheck::DataGroupHashes => "文件与签名时一致",
        ChipCheck::ValidityAtSigning => "签名时证书有效",
        ChipCheck::Revocation => "签名者的证书未被吊销",
        ChipCheck::ActiveAuthentication => "芯片是原件（已签署我们的随机数）",
        ChipCheck::ChipAuthentication => "芯片是原件（已与我们协商密钥）",
        ChipCheck::DocumentDates => "证件在有效期内",
    }
}

pub(super) fn chip_reason(reason: ChipReason) -> &'static str {
    match reason {
        ChipReason::NotRead => "未从芯片读取所需内容",
        ChipReason::Unreadable => "文件无法读取",
        ChipReason::NotOnChip => "芯片没有用于此项的密钥",
        ChipReason::NotAsked => "未向芯片提问",
        ChipReason::MadeOnPhone => "仅由手机生成，不能证明任何事",
        ChipReason::NotProved => "前一项核验未通过，此项不能证明任何事",
        ChipReason::Unsupported => "本系统不认识该算法或密钥",
        ChipReason::KeyTooWeak => "签名密钥过短，任何人都可伪造",
        ChipReason::SignatureWrong => "签名是假的",
        ChipReason::DigestWrong => "内容与签名时不同",
        ChipReason::AttributeWrong => "签名所述与内容不符",
        ChipReason::HashWrong => "文件在签名后被改动",
        ChipReason::NotNamed => "有从未签名的文件",
        ChipReason::NoSignerCertificate => "缺少签名者的证书",
        ChipReason::NotASigner => "该证书不能用于签发证件",
        ChipReason::NoCountryCa => "没有该国相应的证书，这并不说明有问题",
        ChipReason::CountryDiffers => "签名者、证书与证件不属于同一国家",
        ChipReason::CriticalExtension => "证书含有本系统不认识的必要要求",
        ChipReason::NoSigningTime => "芯片未说明签名时间",
        ChipReason::OutsideValidity => "签名时证书不在有效期内",
        ChipReason::NoRevocationList => "没有该国的证书吊销名单",
        ChipReason::RevocationListOld => "证书吊销名单已过期",
        ChipReason::RevocationListPartial => "证书吊销名单不涵盖全部证书",
        ChipReason::Revoked => "签名者的证书已被吊销",
        ChipReason::Expired => "证件有效期已过",
        ChipReason::NoExpiryDate => "有效期不明",
        ChipReason::AnswerWrong => "芯片的回答与原件不符，可能是复制品",
    }
}

pub(super) fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::IssuerEvidence => "签发机关的签名或答复，或查看原件",
        Missing::ClearReading => "唯一清楚的读法",
        Missing::ChipFiles => "芯片中全部可读的文件",
        Missing::CountryCa => "签发国的证书",
        Missing::AuthorityAnswer => "签发机关的答复",
        Missing::ServerEvidence => "芯片对我们（而不是对手机）的回答",
    }
}

pub(super) fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Genuine(_) => "真实",
        Verdict::NotGenuine(_) => "不真实",
        Verdict::Inconclusive(_) => "无法判断",
    }
}

pub(super) fn class(class: EvidenceClass) -> &'static str {
    match class {
        EvidenceClass::Number => "号码自身的规则（不能证明）",
        EvidenceClass::Consistent => "信息前后一致（不能证明）",
        EvidenceClass::Optical => "照片的外观",
        EvidenceClass::Signed => "签发机关的签名",
        EvidenceClass::ChipPresent => "原始芯片",
        EvidenceClass::Authority => "签发机关的答复",
        EvidenceClass::Sighted => "工作人员查看原件",
    }
}

pub(super) fn close_reason(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::DocumentStands => "证件仍然有效",
        CloseReason::OtherDocument => "持有人已出示另一证件",
        CloseReason::AnswerMistaken => "签发机关的答复有误，或指的是他人",
        CloseReason::PassedOn => "已转交决定线路事宜的人员",
    }
}

pub(super) fn document_reason(reason: DocumentReason) -> &'static str {
    match reason {
        DocumentReason::CheckDigitWrong => "校验位有误",
        DocumentReason::Ambiguous => "有多种读法",
        DocumentReason::Expired => "已过有效期",
        DocumentReason::NoExpiryDate => "有效期未知",
        DocumentReason::AuthorityDiffers => "签发机关在此号码下有不同的信息",
        DocumentReason::NoRecord => "签发机关没有记录",
        DocumentReason::Revoked => "已撤销",
        DocumentReason::Replaced => "已换发新证",
        DocumentReason::Cancelled => "已交回或从未领取",
        DocumentReason::NotInForce => "签发机关表示该证件无效",
        DocumentReason::ReportedLost => "已挂失",
        DocumentReason::ServiceDown => "签发机关没有答复",
        DocumentReason::NotOffered => "签发机关不回答此问题",
        DocumentReason::OriginalDoubted => "原件存疑",
        DocumentReason::PersonDiffers => "不是照片上的人",
        DocumentReason::NotOnChip => "缺少芯片中的文件",
        DocumentReason::ChipUnreadable => "芯片中的文件无法读取",
        DocumentReason::ChipDataChanged => "芯片中的文件在签名后被改动",
        DocumentReason::SignatureWrong => "芯片的签名是假的",
        DocumentReason::SignerUnknown => "没有签发国对应此签名者的证书",
        DocumentReason::SignerNotValid => "签名者无权签发此内容",
        DocumentReason::ChipCopied => "芯片未能证明自己是原件",
        DocumentReason::MadeOnPhone => "仅由手机生成，不能证明任何事",
    }
}

pub(super) fn face_outcome(outcome: FaceOutcome) -> &'static str {
    match outcome {
        FaceOutcome::Match => "匹配",
        FaceOutcome::NonMatch => "不匹配",
        FaceOutcome::NotCompared => "未比对",
    }
}

pub(super) fn face_reason(reason: FaceReason) -> &'static str {
    match reason {
        FaceReason::ReferenceNoFace => "证件上没有人脸",
        FaceReason::ReferenceSeveralFaces => "证件上有多张人脸",
        FaceReason::ReferencePoorQuality => "证件照片太小、模糊、过暗或过亮",
        FaceReason::ReferenceUnreadable => "证件照片无法读取",
        FaceReason::ProbeNoFace => "面部照片中没有人脸",
        FaceReason::ProbeSeveralFaces => "面部照片中有多张人脸",
        FaceReason::ProbePoorQuality => "面部太小、模糊、过暗或过亮",
        FaceReason::ProbeUnreadable => "面部照片无法读取",
        FaceReason::ProbeFramesDiffer => "几帧画面不是同一张脸",
        FaceReason::NoModelPack => "没有模型包",
        FaceReason::ReviewBand => "分数在人工复核区间",
        FaceReason::SameImageSuspected => "两张照片几乎相同",
        FaceReason::PresentationAttackSuspected => "可能是打印件或屏幕",
    }
}

pub(super) fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Mobile => "手机号码",
        LineKind::FixedVoice => "固定电话",
        LineKind::Broadband => "宽带上网",
        LineKind::Machine => "物联网线路",
    }
}

pub(super) fn line_state(state: LineState) -> &'static str {
    match state {
        LineState::Requested => "已申请",
        LineState::Approved => "已批准，正在送往网络",
        LineState::Activating => "正在开通",
        LineState::Active => "使用中",
        LineState::Limited => "限制呼出",
        LineState::Suspended => "停机，仅可拨打紧急电话",
        LineState::Closing => "正在销户",
        LineState::Closed => "已销户",
        LineState::Released => "未开通或已最终结束",
    }
}

pub(super) fn payment(payment: Payment) -> &'static str {
    match payment {
        Payment::Prepaid => "预付费",
        Payment::Postpaid => "后付费（按账单）",
        Payment::None => "不单独付费",
    }
}

pub(super) fn review_reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::OriginalExamined => "已检查原件，真实",
        ReviewReason::IssuerConfirmed => "已向签发机关查询并得到确认",
        ReviewReason::CheckMistaken => "某项核验对此人或证件有误",
        ReviewReason::DocumentForged => "证件系伪造或变造",
        ReviewReason::NotTheOwner => "不是证件本人",
        ReviewReason::DocumentNotValid => "证件过期、被撤销或已挂失",
        ReviewReason::NotCompleted => "已要求补充，申请人未补充",
        ReviewReason::OverCap => "线路数量已达法定上限",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Agent => "查看原件（营业员）",
        Role::Reviewer => "决定申请（审核人员）",
        Role::Admin => "签署规则、邀请人员（管理员）",
        Role::System => "运营商系统",
    }
}

pub(super) fn sign_refused(why: SignRefused) -> &'static str {
    match why {
        SignRefused::NotSignedIn => "请先登录。",
        SignRefused::SamePerson => "第二个签署人必须是另一个人。",
        SignRefused::CreatedCase => "您开立了此申请或查看了原件，不能作决定。",
        SignRefused::OwnLine => "任何人都不得决定自己的线路。",
        SignRefused::InvitedFirst => "第一签署人由您邀请，您不能做第二签署人。",
        SignRefused::Lapsed => "提议已失效，请重新提议。",
        SignRefused::FindingsChanged => "核验结果已变化，请重新查看后决定。",
        SignRefused::SecondNeeded => "此决定需要第二人。",
        SignRefused::OtherProposal => "这不是现行的提议，请重新载入页面。",
    }
}

pub(super) fn state(state: ApplicationState) -> &'static str {
    match state {
        ApplicationState::Open => "未完成",
        ApplicationState::Referred => "由人工决定",
        ApplicationState::Approved => "已批准",
        ApplicationState::Refused => "未批准",
        ApplicationState::Withdrawn => "已撤回",
        ApplicationState::Lapsed => "未完成而结束",
    }
}

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::Consent => "同意核验",
        Step::Document => "出示证件",
        Step::Capture => "拍两张照片",
        Step::Sighting => "携带证件原件",
    }
}

pub(super) fn way(way: Way) -> &'static str {
    match way {
        Way::Face => "人脸比对",
        Way::OtherWay => "工作人员查看原件",
    }
}
